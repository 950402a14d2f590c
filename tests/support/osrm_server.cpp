#include "tests/support/osrm_server.hpp"

#include "actors/domain/geohash.hpp"

#include <civetweb.h>
#include <nlohmann/json.hpp>

#include <array>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <utility>
#include <vector>

namespace dispatch::testing {

namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr double metres_per_second = 10.0;
constexpr std::size_t flood_bytes = 8 * 1024 * 1024;
constexpr auto patience = 10s;

struct reply {
  int code = 200;
  std::string body;
  std::size_t announced = 0; ///< length; 0: that of the body
};

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts;
  std::istringstream stream{text};
  for (std::string part; std::getline(stream, part, at);) {
    parts.push_back(part);
  }
  return parts;
}

struct request {
  std::string profile;
  std::vector<place> from;
  std::vector<place> to;
};

/// Throws on what OSRM refuses.
request parse(const std::string& path, const std::string& query) {
  const auto steps = split(path, '/'); // "", "table", "v1", the profile, the places
  std::vector<place> places;
  for (const auto& text : split(steps.at(4), ';')) {
    const auto numbers = split(text, ',');
    const place at{std::stod(numbers.at(1)), std::stod(numbers.at(0))};
    if (numbers.size() != 2 || std::abs(at.latitude) > 90 || std::abs(at.longitude) > 180) {
      throw std::invalid_argument(text);
    }
    places.push_back(at);
  }
  request made{steps.at(3), {}, {}};
  for (const auto& option : split(query, '&')) {
    const auto named = split(option, '=');
    auto& to = named.at(0) == "sources"        ? made.from
               : named.at(0) == "destinations" ? made.to
                                               : throw std::invalid_argument(option);
    for (const auto& index : split(named.at(1), ';')) {
      to.push_back(places.at(std::stoul(index)));
    }
  }
  return made;
}

} // namespace

struct osrm_server::implementation {
  mutable std::mutex mutex; ///< guards the next five
  mutable std::condition_variable changed;
  mood now = mood::answers;
  roads laid = [](const std::string&, const place& from, const place& to) {
    return std::optional{straight(from, to)};
  };
  std::size_t requests = 0;
  std::size_t connections = 0;
  std::string last;
  mg_context* context = nullptr;
  int port = 0;

  static implementation& of(const mg_connection* connection) {
    return *static_cast<implementation*>(mg_get_user_data(mg_get_context(connection)));
  }

  static int count_connection(const mg_connection* connection, void**) {
    auto& self = of(connection);
    const std::lock_guard lock(self.mutex);
    ++self.connections;
    return 0;
  }

  static int answer(mg_connection* connection, void*) {
    const auto* info = mg_get_request_info(connection);
    const std::string query = info->query_string == nullptr ? "" : info->query_string;
    const auto made = of(connection).reply_to(info->local_uri, query);
    mg_printf(connection,
              "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
              made.code, mg_get_response_code_text(connection, made.code),
              made.announced > 0 ? made.announced : made.body.size());
    mg_write(connection, made.body.data(), made.body.size());
    if (made.announced > 0) {
      mg_close_connection(connection);
    }
    return made.code;
  }

  reply reply_to(const std::string& path, const std::string& query) {
    std::unique_lock lock(mutex);
    ++requests;
    last = path + "?" + query;
    changed.notify_all();
    changed.wait(lock, [this] { return now != mood::is_slow; });
    const auto how = now;
    const auto go = laid;
    lock.unlock();
    switch (how) {
    case mood::fails:
      return {500, R"({"code":"Ok","durations":[[1]]})"};
    case mood::refuses:
      return refusal("InvalidQuery", "told so");
    case mood::is_lost:
      return refusal("NoSegment", "Could not find a matching segment for coordinate 0");
    case mood::talks_nonsense:
      return {200, "<html>welcome</html>"};
    case mood::floods:
      return {200, std::string(flood_bytes, ' ')};
    case mood::answers:
    case mood::is_slow:
    case mood::truncates:
    case mood::cuts_off:
      break;
    }
    try {
      return table(parse(path, query), go, how);
    } catch (const std::exception& wrong) {
      return refusal("InvalidQuery", wrong.what());
    }
  }

  static reply refusal(const char* code, const std::string& why) {
    return {400, json{{"code", code}, {"message", why}}.dump()};
  }

  static reply table(const request& asked, const roads& go, mood how) {
    auto rows = json::array();
    for (const auto& from : asked.from) {
      auto row = json::array();
      for (const auto& to : asked.to) {
        const auto seconds = go(asked.profile, from, to);
        row.push_back(seconds ? json(*seconds) : json());
      }
      rows.push_back(std::move(row));
    }
    if (how == mood::truncates) {
      rows.erase(rows.size() - 1);
    }
    auto body = json{{"code", "Ok"}, {"durations", std::move(rows)}}.dump();
    const auto whole = body.size();
    return how == mood::cuts_off ? reply{200, body.substr(0, whole / 2), whole}
                                 : reply{200, std::move(body)};
  }
};

osrm_server::osrm_server() : implementation_(std::make_unique<implementation>()) {
  // Each connection that is kept alive has a thread of its own.
  const std::array<const char*, 11> settings = {"listening_ports",
                                                "127.0.0.1:0",
                                                "num_threads",
                                                "64",
                                                "enable_keep_alive",
                                                "yes",
                                                "keep_alive_timeout_ms",
                                                "30000",
                                                "tcp_nodelay",
                                                "1",
                                                nullptr};
  mg_callbacks callbacks{};
  callbacks.init_connection = implementation::count_connection;
  auto& made = *implementation_;
  made.context = mg_start(&callbacks, &made, const_cast<const char**>(settings.data()));
  mg_server_port listening{};
  if (made.context == nullptr || mg_get_server_ports(made.context, 1, &listening) != 1) {
    throw std::runtime_error("no HTTP server");
  }
  made.port = listening.port;
  mg_set_request_handler(made.context, "/table/v1", implementation::answer, nullptr);
}

osrm_server::~osrm_server() {
  be(mood::fails);
  mg_stop(implementation_->context);
}

std::string osrm_server::url() const {
  return "http://127.0.0.1:" + std::to_string(implementation_->port);
}

void osrm_server::be(mood how) {
  const std::lock_guard lock(implementation_->mutex);
  implementation_->now = how;
  implementation_->changed.notify_all();
}

void osrm_server::lay(roads how) {
  const std::lock_guard lock(implementation_->mutex);
  implementation_->laid = std::move(how);
}

std::size_t osrm_server::requests() const {
  const std::lock_guard lock(implementation_->mutex);
  return implementation_->requests;
}

std::size_t osrm_server::connections() const {
  const std::lock_guard lock(implementation_->mutex);
  return implementation_->connections;
}

bool osrm_server::await_requests(std::size_t count) const {
  std::unique_lock lock(implementation_->mutex);
  return implementation_->changed.wait_for(lock, patience,
                                           [&] { return implementation_->requests >= count; });
}

std::string osrm_server::last_request() const {
  const std::lock_guard lock(implementation_->mutex);
  return implementation_->last;
}

double osrm_server::straight(const place& from, const place& to) {
  return domain::distance_m(from, to) / metres_per_second;
}

} // namespace dispatch::testing
