#include "tests/integration/zone_client.hpp"

#include "cmd/client/ask.hpp"
#include "cmd/client/command.hpp"
#include "messages/limits.hpp"
#include "messages/wire/subjects.hpp"
#include "tests/integration/harness.hpp"

namespace dispatch::integration {

namespace {

std::string place_text(double latitude, double longitude) {
  return nlohmann::json{{"latitude", latitude}, {"longitude", longitude}}.dump();
}

} // namespace

zone_client::zone_client(std::shared_ptr<nats::connection> on, std::string zone)
    : on_(std::move(on)), zone_(std::move(zone)),
      announcements_(on_, wire::default_root, zone_, "", 0) {}

nats::publish_ack zone_client::publish(const std::string& what, std::string_view body,
                                       const command_headers& with) {
  return value_of(client::store(*on_,
                                {.subject = "dispatch.in." + zone_ + "." + what,
                                 .id = with.command_id,
                                 .body = std::string{body},
                                 .content_type = with.content_type,
                                 .trace = with.trace,
                                 .message_id = with.id},
                                limits::port_timeout));
}

std::string zone_client::tell(const std::string& what, std::string_view body,
                              const command_headers& with) {
  const auto ack = publish(what, body, with);
  if (ack.error_code != 0) {
    throw std::runtime_error(what + " was not stored: " + ack.error);
  }
  if (!with.command_id.empty()) {
    return with.command_id;
  }
  return with.id.empty() ? std::to_string(ack.sequence) : with.id;
}

event zone_client::ask(const std::string& what, std::string_view body,
                       const command_headers& with) {
  return outcome(tell(what, body, with));
}

event zone_client::outcome(const std::string& command_id) {
  await("the outcome of " + command_id, [&] { return by_command_.contains(command_id); });
  return events_[by_command_.at(command_id)];
}

dead_letter zone_client::burial(std::uint64_t sequence) {
  await("the dead letter of input " + std::to_string(sequence),
        [&] { return dead_letters_.contains(sequence); });
  return dead_letters_.at(sequence);
}

event zone_client::await_event(const std::string& subject_end, std::size_t times) {
  await(subject_end, [&] { return by_subject_[subject_end].size() >= times; });
  return events_[by_subject_[subject_end][times - 1]];
}

void zone_client::await_count(const std::string& name, std::size_t count) {
  await(std::to_string(count) + " times " + name, [&] { return counts_[name] >= count; });
}

void zone_client::await(const std::string& what, const std::function<bool()>& so) {
  const auto deadline = client::steady::now() + patience;
  while (!so()) {
    if (!take(deadline)) {
      throw std::runtime_error("was not announced in time: " + what);
    }
  }
}

bool zone_client::take(client::steady::time_point until) {
  auto message = value_of(announcements_.next(until));
  if (!message) {
    return false;
  }
  if (auto* letter = std::get_if<dead_letter>(&message->what)) {
    dead_letters_.emplace(letter->sequence, std::move(*letter));
    return true;
  }
  auto e = std::get<event>(std::move(message->what));
  if (!e.command_id.empty()) {
    by_command_.emplace(e.command_id, events_.size());
  }
  const auto above = wire::subjects{}.events_of_zone(zone_).size() - 1;
  by_subject_[message->subject.substr(above)].push_back(events_.size());
  ++counts_[std::string{event_name(e.body)}];
  events_.push_back(std::move(e));
  return true;
}

nlohmann::json zone_client::admin(const std::string& verb, const nlohmann::json& question) {
  return value_of(client::ask(*on_, wire::default_root, zone_, verb, question));
}

std::string order_body(bool prepaid, double latitude, double longitude) {
  return R"({"station":"s1","prepaid":)" + std::string{prepaid ? "true" : "false"} +
         R"(,"pick_up":)" + place_text(latitude, longitude) + R"(,"drop_off":)" +
         place_text(latitude + 0.01, longitude) + R"(,"load":1})";
}

std::string shift_body(double latitude, double longitude) {
  return R"({"vehicle":"VEHICLE_MOTORCYCLE","capacity":2,"at":)" + place_text(latitude, longitude) +
         "}";
}

refusal refusal_in(const event& e) {
  const auto* refused = std::get_if<command_refused>(&e.body);
  return refused == nullptr ? refusal::none : refused->code;
}

offer offer_in(const event& e) {
  return std::get<offer_received>(std::get<rider_event>(e.body)).offer;
}

} // namespace dispatch::integration
