#include "messages/osrm/table_engine.hpp"

#include "messages/limits.hpp"
#include "messages/osrm/table_api.hpp"

#include <curl/curl.h>

#include <chrono>
#include <deque>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>

namespace dispatch::osrm {

namespace {

using clock = std::chrono::steady_clock;

template <auto Free> struct freed_by {
  template <class T> void operator()(T* what) const { Free(what); }
};
using url_ptr = std::unique_ptr<CURLU, freed_by<curl_url_cleanup>>;
using easy_ptr = std::unique_ptr<CURL, freed_by<curl_easy_cleanup>>;
using multi_ptr = std::unique_ptr<CURLM, freed_by<curl_multi_cleanup>>;

/// How long the thread sleeps when nothing happens. libcurl sleeps less when a limit is near.
constexpr int idle_ms = 60'000;

struct job {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::string path;
  std::function<void(std::optional<travel_table>)> done;
  clock::time_point asked;
};

/// A job under way.
struct transfer {
  job what;
  easy_ptr easy;
  std::string body;
};

/// The answer comes in parts. Anything but `count` ends the transfer.
std::size_t append_body(char* part, std::size_t, std::size_t count, void* to) noexcept {
  auto& body = *static_cast<std::string*>(to);
  if (body.size() + count > limits::travel_body_bytes_max) {
    return 0;
  }
  body.append(part, count);
  return count;
}

bool has_part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  const auto found = curl_url_get(url, part, &text, 0) == CURLUE_OK;
  curl_free(text);
  return found;
}

std::string part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  std::string copy = curl_url_get(url, part, &text, 0) == CURLUE_OK ? text : "";
  curl_free(text);
  return copy;
}

/// The URL without slashes at its end, if it is one to which a path can be appended. A password
/// does not belong into a command line and the log.
std::optional<std::string> clean(const std::string& base_url) {
  const url_ptr url{curl_url()};
  if (!url || curl_url_set(url.get(), CURLUPART_URL, base_url.c_str(), 0) != CURLUE_OK) {
    return std::nullopt;
  }
  const auto scheme = part_of(url.get(), CURLUPART_SCHEME);
  if ((scheme != "http" && scheme != "https") || has_part(url.get(), CURLUPART_USER) ||
      has_part(url.get(), CURLUPART_QUERY) || has_part(url.get(), CURLUPART_FRAGMENT)) {
    return std::nullopt;
  }
  auto text = part_of(url.get(), CURLUPART_URL);
  text.erase(text.find_last_not_of('/') + 1);
  return text;
}

} // namespace

struct table_engine::implementation {
  std::string base;
  multi_ptr multi{curl_multi_init()};
  std::unordered_map<CURL*, transfer> transfers; ///< of the thread alone
  std::mutex mutex;                              ///< guards the next two
  std::deque<job> jobs;
  bool stopping = false;
  std::thread thread;

  void work();
  bool start_jobs();
  void start(job what);
  bool finish_transfers();
  void finish(CURL* easy, CURLcode outcome);
};

void table_engine::implementation::work() {
  while (start_jobs()) {
    int running = 0;
    curl_multi_perform(multi.get(), &running);
    if (!finish_transfers()) {
      curl_multi_poll(multi.get(), nullptr, 0, idle_ms, nullptr);
    }
  }
}

/// Starts what there is a connection for; false when the thread is to end.
bool table_engine::implementation::start_jobs() {
  while (true) {
    job next;
    {
      const std::lock_guard lock(mutex);
      if (stopping || jobs.empty() || transfers.size() >= limits::travel_connections_max) {
        return !stopping;
      }
      next = std::move(jobs.front());
      jobs.pop_front();
    }
    start(std::move(next));
  }
}

void table_engine::implementation::start(job what) {
  // What has waited for others has less time left.
  const auto waited = std::chrono::ceil<std::chrono::milliseconds>(clock::now() - what.asked);
  const auto left = limits::travel_time_limit - waited;
  easy_ptr easy{left.count() > 0 ? curl_easy_init() : nullptr};
  if (!easy) {
    what.done(std::nullopt);
    return;
  }
  auto* const key = easy.get();
  const auto url = base + what.path;
  auto& body =
      transfers.emplace(key, transfer{std::move(what), std::move(easy), {}}).first->second.body;
  curl_easy_setopt(key, CURLOPT_URL, url.c_str());
  curl_easy_setopt(key, CURLOPT_PROXY, "");
  curl_easy_setopt(key, CURLOPT_NOSIGNAL, 1L);
  // Whoever ends does not wait for a name server that is silent.
  curl_easy_setopt(key, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(key, CURLOPT_TIMEOUT_MS, static_cast<long>(left.count()));
  curl_easy_setopt(key, CURLOPT_WRITEFUNCTION, append_body);
  curl_easy_setopt(key, CURLOPT_WRITEDATA, &body);
  if (curl_multi_add_handle(multi.get(), key) != CURLM_OK) {
    finish(key, CURLE_FAILED_INIT);
  }
}

/// Whether there were any, whose connections others may use now.
bool table_engine::implementation::finish_transfers() {
  bool any = false;
  int left = 0;
  while (const auto* message = curl_multi_info_read(multi.get(), &left)) {
    if (message->msg == CURLMSG_DONE) {
      any = true;
      finish(message->easy_handle, message->data.result); // From here on the message is gone.
    }
  }
  return any;
}

void table_engine::implementation::finish(CURL* easy, CURLcode outcome) {
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  curl_multi_remove_handle(multi.get(), easy);
  const auto ended = transfers.extract(easy);
  const auto& [what, handle, body] = ended.mapped();
  // What is wrong with the places comes with 400, and with a code.
  const auto answered = outcome == CURLE_OK && (status == 200 || status == 400);
  what.done(answered ? parse_table(body, what.rows, what.columns) : std::nullopt);
}

result<std::unique_ptr<table_engine>> table_engine::at(const std::string& base_url) {
  static const auto ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  auto made = std::make_unique<implementation>();
  if (ready != CURLE_OK || !made->multi) {
    return failure{"libcurl cannot be used"};
  }
  auto base = clean(base_url);
  if (!base) {
    return failure{"the base URL of a routing engine must be http://HOST:PORT or https://HOST, "
                   "maybe with a path, without a user, a query or a fragment"};
  }
  made->base = std::move(*base);
  curl_multi_setopt(made->multi.get(), CURLMOPT_MAXCONNECTS,
                    static_cast<long>(limits::travel_connections_max));
  made->thread = std::thread{[of = made.get()] { of->work(); }};
  return std::unique_ptr<table_engine>{new table_engine{std::move(made)}};
}

table_engine::table_engine(std::unique_ptr<implementation> made)
    : implementation_(std::move(made)) {}

table_engine::~table_engine() { stop(); }

void table_engine::ask(travel_question question,
                       std::function<void(std::optional<travel_table>)> done) {
  job next{question.from.size(), question.to.size(), request_path(question), std::move(done),
           clock::now()};
  {
    const std::lock_guard lock(implementation_->mutex);
    if (implementation_->stopping) {
      return;
    }
    implementation_->jobs.push_back(std::move(next));
  }
  curl_multi_wakeup(implementation_->multi.get());
}

void table_engine::stop() {
  auto& with = *implementation_;
  {
    const std::lock_guard lock(with.mutex);
    with.stopping = true;
  }
  curl_multi_wakeup(with.multi.get());
  if (with.thread.joinable()) {
    with.thread.join();
  }
  for (const auto& [easy, under_way] : with.transfers) {
    curl_multi_remove_handle(with.multi.get(), easy);
  }
  with.transfers.clear();
  with.jobs.clear();
}

} // namespace dispatch::osrm
