#include "cmd/dispatchctl/session.hpp"

#include "cmd/shared/exit_code.hpp"
#include "cmd/shared/json_output.hpp"
#include "cmd/shared/time_text.hpp"
#include "messages/nats/connection/api.hpp"

#include <iostream>

namespace dispatch::ctl {

using cli::exit_code;
using cli::stop;
using cli::value_or_stop;

CLI::Validator id_rule() {
  return {[](const std::string& id) {
            return valid_id(id) ? std::string{} : "must be 1 to 64 letters, digits, '-' or '_'";
          },
          ""};
}

namespace {

stored_zone stored_zone_in(const nats::bucket_entry& found) {
  return {found.key, wire::zone_definition_of_entry(found.key, found.value), found.revision};
}

} // namespace

const zone_definition& stored_zone::readable() const {
  if (!definition) {
    throw stop(exit_code::failed, "nobody can read the definition of zone " + name + ": " +
                                      definition.error().what +
                                      ". Put an earlier value back in the bucket of the zones, " +
                                      "which keeps some, or give the zone up: zone delete " + name);
  }
  return *definition;
}

const std::shared_ptr<nats::connection>& session::connection() {
  if (!connection_) {
    auto settings = value_or_stop(cli::connection_settings_of(options_.connection, "dispatchctl"),
                                  exit_code::unavailable);
    connection_ = cli::connect_or_stop(std::move(settings));
  }
  return connection_;
}

std::string session::refused_permission() const {
  return connection_ ? connection_->refused_permission() : std::string{};
}

void session::say(std::string_view text) { console_.err << cli::printable(text) << '\n'; }

void session::print(const json& value, const cli::table& rows) {
  if (options_.as_json) {
    cli::print_json(console_.out, value);
  } else {
    rows.print(console_.out, !options_.no_headers);
  }
}

void session::confirm(const std::string& question) {
  if (options_.yes) {
    return;
  }
  if (!console_.can_ask) {
    throw stop(exit_code::usage, question + " Nobody can be asked here; give --yes.");
  }
  console_.err << cli::printable(question) << " [y/N] " << std::flush;
  std::string answer;
  std::getline(console_.in, answer);
  if (answer != "y" && answer != "Y" && answer != "yes") {
    throw stop(exit_code::failed, "nothing was changed");
  }
}

std::string session::zone(const std::string& given) {
  const auto& named = given.empty() ? options_.zone : given;
  if (!named.empty()) {
    if (!valid_id(named)) {
      throw stop(exit_code::usage, "a zone's name is 1 to 64 letters, digits, '-' or '_'");
    }
    return named;
  }
  const auto all = zones();
  if (all.empty()) {
    throw stop(exit_code::not_found,
               "there is no zone yet; create one: dispatchctl zone create NAME");
  }
  if (all.size() > 1) {
    throw stop(exit_code::usage, "there are " + std::to_string(all.size()) +
                                     " zones; say which with --zone or DISPATCH_ZONE");
  }
  return all.front().name;
}

nats::bucket session::bucket() { return {connection(), wire::zones_bucket(root())}; }

bool session::any_zones() {
  return value_or_stop(nats::api::find_stream(*connection(), "KV_" + wire::zones_bucket(root())),
                       exit_code::unavailable)
      .has_value();
}

std::vector<stored_zone> session::zones() {
  std::vector<stored_zone> all;
  if (any_zones()) {
    for (const auto& entry : value_or_stop(bucket().list(), exit_code::unavailable)) {
      all.push_back(stored_zone_in(entry));
    }
  }
  return all;
}

std::optional<stored_zone> session::find_zone(const std::string& name) {
  if (!any_zones()) {
    return std::nullopt;
  }
  const auto entry = value_or_stop(bucket().get(name), exit_code::unavailable);
  if (!entry) {
    return std::nullopt;
  }
  return stored_zone_in(*entry);
}

stream_state session::state_of(const std::string& zone, const std::string& stream) {
  const auto state =
      value_or_stop(nats::api::find_stream(*connection(), stream), exit_code::unavailable);
  if (state) {
    return *state;
  }
  if (!find_zone(zone)) {
    throw stop(exit_code::not_found, "there is no zone " + zone);
  }
  throw stop(exit_code::conflict, "stream " + stream + " of zone " + zone +
                                      " is missing: make it with `dispatchctl zone repair " + zone +
                                      "`");
}

std::optional<json> session::try_ask(const std::string& zone, std::string_view verb,
                                     const json& request) {
  return try_ask(zone, verb, request, timeout());
}

std::optional<json> session::try_ask(const std::string& zone, std::string_view verb,
                                     const json& request, std::chrono::milliseconds within) {
  auto answer = client::ask(*connection(), root(), zone, verb, request, within);
  if (!answer) {
    if (const auto refused = refused_permission(); !refused.empty()) {
      throw stop(exit_code::not_permitted, answer.error().what);
    }
    return std::nullopt;
  }
  if (const auto error = client::error_in(*answer)) {
    throw stop(cli::exit_code_of(error->code), error->description + " (" + error->err_code + ")");
  }
  return std::move(*answer);
}

std::optional<client::zone_status> session::status_of(const std::string& zone) {
  return status_of(zone, timeout());
}

std::optional<client::zone_status> session::status_of(const std::string& zone,
                                                      std::chrono::milliseconds within) {
  const auto answer = try_ask(zone, "zone", json::object(), within);
  return answer ? std::optional{client::status_in(*answer)} : std::nullopt;
}

json session::ask(const std::string& zone, std::string_view verb, const json& request) {
  if (auto answer = try_ask(zone, verb, request)) {
    return std::move(*answer);
  }
  if (!find_zone(zone)) {
    throw stop(exit_code::not_found, "there is no zone " + zone);
  }
  throw stop(exit_code::unavailable, "nobody answers for zone " + zone +
                                         ": no dispatchd serves it, or none did within " +
                                         cli::to_text(timeout()) + ". See `dispatchctl doctor`");
}

} // namespace dispatch::ctl
