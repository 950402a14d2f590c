#include "tests/integration/zone_client.hpp"

#include "messages/limits.hpp"
#include "messages/wire/codec.hpp"
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
      feed_(on_, wire::output_stream("dispatch", zone_)) {
  feed_.start(0, [this] {
    const std::lock_guard lock(mutex_);
    available_ = true;
    changed_.notify_all();
  });
}

zone_client::~zone_client() { feed_.stop(); }

nats::publish_ack zone_client::publish(const std::string& what, std::string_view body,
                                       const command_headers& with) {
  std::vector<nats::header> list;
  for (const auto& [name, value] : {std::pair{"Nats-Msg-Id", &with.id},
                                    {wire::command_id_header, &with.command_id},
                                    {"Content-Type", &with.content_type},
                                    {"traceparent", &with.trace}}) {
    if (!value->empty()) {
      list.push_back({name, value->c_str()});
    }
  }
  const auto subject = "dispatch.in." + zone_ + "." + what;
  return value_of(on_->publish_stored(subject, list, body, limits::port_timeout));
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
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!so()) {
    if (take()) {
      continue;
    }
    std::unique_lock lock(mutex_);
    if (!changed_.wait_until(lock, deadline, [this] { return available_; })) {
      throw std::runtime_error("was not announced in time: " + what);
    }
    available_ = false;
  }
}

/// False when there was nothing.
bool zone_client::take() {
  const auto batch = feed_.take(limits::feed_messages_max, limits::feed_bytes_max);
  if (batch.broken) {
    throw std::runtime_error(batch.broken->what);
  }
  const auto prefix = wire::subjects{}.events_of_zone(zone_).size() - 1;
  for (const auto& message : batch.messages) {
    const auto rest = message.subject.substr(prefix);
    if (rest.starts_with("dead.")) {
      auto letter = value_of(wire::decode_dead_letter(message.body));
      dead_letters_.emplace(letter.sequence, std::move(letter));
      continue;
    }
    auto e = value_of(wire::decode_event(message.body));
    if (!e.command_id.empty()) {
      by_command_.emplace(e.command_id, events_.size());
    }
    by_subject_[rest].push_back(events_.size());
    ++counts_[std::string{event_name(e.body)}];
    events_.push_back(std::move(e));
  }
  return !batch.messages.empty();
}

nlohmann::json zone_client::admin(const std::string& verb, const nlohmann::json& question) {
  return nlohmann::json::parse(value_of(
      on_->request(wire::subjects{}.admin(zone_, verb), question.dump(), limits::port_timeout)));
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

const offer& offer_in(const event& e) {
  return std::get<offer_received>(std::get<rider_event>(e.body)).offer;
}

} // namespace dispatch::integration
