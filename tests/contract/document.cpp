#include "tests/contract/document.hpp"

#include "actors/domain/machines/order.hpp"
#include "actors/domain/machines/rider.hpp"
#include "actors/domain/machines/station.hpp"
#include "actors/domain/machines/zone.hpp"
#include "messages/limits.hpp"
#include "messages/nats/stream_admin.hpp"
#include "messages/wire/codec.hpp"
#include "messages/wire/subjects.hpp"
#include "tests/contract/questions.hpp"

#include <google/protobuf/descriptor.pb.h>

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace dispatch::contract {

namespace {

namespace pb = google::protobuf;

const wire::subjects names;

constexpr auto about = R"(Dispatch matches a city's orders to its riders. Each zone (a city or a
district) takes commands and announces events, each of them in a JetStream stream of its own:
IN_zone and OUT_zone. Commands are JSON or protobuf, by Content-Type. A field that is not described
is refused in JSON. Events and dead letters are protobuf; what is described here is their JSON form,
as `dispatchctl events tail -o json` prints it, and more fields and more events may come. Every
command leads to an event or to a dead letter; events that it causes carry its id as `command_id`.
A refusal `REFUSAL_TOO_MANY`, `REFUSAL_OVERLOADED` or `REFUSAL_PAUSED` decided nothing: send the
command again, after `retry_after_ms` if that is given. Questions to a zone are requests with JSON,
and are answered with JSON.)";

std::string one_line(std::string text) {
  for (auto& c : text) {
    c = c == '\n' ? ' ' : c;
  }
  return text;
}

/// What the machines answer, about an entity that exists: an order that waits, or a rider who
/// stands at a door that a code opens.
refusal answer_to(const command_body& body, bool by_operator) {
  const policy policy;
  const domain::context with{.id = "a", .at = {}, .by_operator = by_operator, .policy = policy};
  order waiting;
  waiting.status = order_status::waiting;
  rider at_door;
  at_door.known = at_door.arrived = true;
  auto& door = at_door.route.emplace_back();
  door.kind = stop_kind::drop_off;
  door.delivery_code = "code";
  station known_station;
  known_station.known = true;
  return std::visit(
      domain::overloaded{
          [&](const order_command& c) { return domain::apply(waiting, c, with).refused; },
          [&](const rider_command& c) { return domain::apply(at_door, c, with).refused; },
          [&](const station_command& c) { return domain::apply(known_station, c, with).refused; },
          [&](const zone_command& c) { return domain::apply(zone{}, c, with).refused; },
      },
      body);
}

/// Whether nobody but an operator may say it.
bool is_operators(const command_body& body) {
  return answer_to(body, false) == refusal::not_permitted;
}

/// Whether it means something else, or more, when an operator says it.
bool is_also_operators(const command_body& body) {
  return !is_operators(body) && answer_to(body, false) != answer_to(body, true);
}

json reference(const std::string& to) { return {{"$ref", to}}; }

std::string about_parameter(const std::string& name) {
  if (name == "zone") {
    return "Name of the zone.";
  }
  if (name == "operator") {
    return "Id of the operator, to be bound by the permission to publish.";
  }
  if (name == "reason") {
    return "Why it was put aside, such as bad_field.";
  }
  return "Id of the " + name + ": 1 to 64 letters, digits, '-' or '_'.";
}

json parameters(const std::string& address) {
  auto found = json::object();
  for (auto begin = address.find('{'); begin != std::string::npos;
       begin = address.find('{', begin + 1)) {
    const auto name = address.substr(begin + 1, address.find('}', begin) - begin - 1);
    found[name] = {{"description", about_parameter(name)}};
  }
  return found;
}

/// As JetStream's API has their settings, when `dispatchctl zone create` is told no sizes.
json streams() {
  auto all = json::array();
  for (const auto& one : nats::all_streams(names.root(), "{zone}", {})) {
    all.push_back(json(nats::config_of(one)));
  }
  return all;
}

json buckets() {
  auto all = json::object();
  for (const auto& one : nats::all_buckets(names.root())) {
    all[one.name] = nats::bucket::config_of(one.name, 1, one.kept);
  }
  return all;
}

/// Composes the document part by part.
class composer {
public:
  explicit composer(const pb::DescriptorPool& types) : book_(types) {}

  json compose();

private:
  void add_headers();
  json example_for(const wire::command_contract& one, const json& payload) const;
  void add_command(const wire::command_contract& one);
  void add_event(const wire::event_contract& one);
  void add_message(const std::string& key, json message);
  void add_channel(const std::string& key, const std::string& address, const std::string& message,
                   const char* action, const std::string& comment);

  schema_book book_;
  json channels_ = json::object();
  json operations_ = json::object();
  json messages_ = json::object();
  json schemas_ = json::object(); ///< of headers
};

void composer::add_headers() {
  const json trace = {{"type", "string"},
                      {"description", "W3C traceparent, carried to every event that it causes."}};
  schemas_["CommandHeaders"] = {
      {"type", "object"},
      {"properties",
       {{wire::command_id_header,
         {{"type", "string"},
          {"maxLength", limits::command_id_bytes_max},
          {"pattern", "^[!-~]+$"},
          {"description",
           "SENDER.ID: makes the command safe to repeat. An id belongs to the entity that the "
           "subject names: the command may be forgotten when an event of that entity has its id. "
           "What stands before the first point is the sender, whose rate a zone may limit; of a "
           "command to a rider it is the rider. Without an id, the sequence in the input stream. "
           "Nats-Msg-Id is taken where this header is absent; but by that one the server may take "
           "the command for a repeat of somebody else's, and not store it."}}},
        {"Content-Type",
         {{"type", "string"},
          {"enum", {"application/json", "application/protobuf"}},
          {"description", "How the body is spelled; JSON when it is absent."}}},
        {"traceparent", trace}}}};
  schemas_["EventHeaders"] = {
      {"type", "object"},
      {"required", {"Nats-Msg-Id"}},
      {"properties",
       {{"Nats-Msg-Id",
         {{"type", "string"},
          {"pattern", "^[A-Za-z0-9_-]{1,64}/[0-9]+/[0-9]+/[0-9]+$"},
          {"description",
           "zone/epoch/record/index: the same event has the same id for ever. Who subscribes "
           "without a consumer of the stream may see an event twice, and compares it."}}},
        {"traceparent", trace}}}};
}

void composer::add_message(const std::string& key, json message) {
  message["name"] = key;
  messages_[key] = std::move(message);
}

void composer::add_channel(const std::string& key, const std::string& address,
                           const std::string& message, const char* action,
                           const std::string& comment) {
  channels_[key] = {{"address", address},
                    {"description", comment},
                    {"parameters", parameters(address)},
                    {"messages", {{message, reference("#/components/messages/" + message)}}}};
  operations_[key] = {
      {"action", action},
      {"channel", reference("#/channels/" + key)},
      {"messages", json::array({reference("#/channels/" + key + "/messages/" + message)})}};
}

/// With all fields or, where some exclude others, with those that are required; none where that is
/// not enough.
json composer::example_for(const wire::command_contract& one, const json& payload) const {
  const json document = {{"components", {{"schemas", book_.schemas()}}}};
  for (const auto only_required : {false, true}) {
    const auto value = example_of(payload, document, only_required);
    const auto taken = one.verb == "record_position" ||
                       std::holds_alternative<command_body>(wire::decode_command(
                           one.kind, one.verb, wire::encoding::json, value.dump()));
    if (taken) {
      return json::array({{{"payload", value}}});
    }
  }
  return json::array();
}

void composer::add_command(const wire::command_contract& one) {
  const std::string kind{to_string(one.kind)};
  const auto comment = book_.comment_on_message(one.message);
  const auto is_position = one.verb == "record_position";
  const auto message = is_position ? std::string{"position"} : "command." + kind + "." + one.verb;
  const auto payload = book_.reference_to(one.message);
  const auto example = example_for(one, payload);
  add_message(message, {{"title", one.message},
                        {"summary", comment},
                        {"contentType", "application/json"},
                        {"headers", reference("#/components/schemas/CommandHeaders")},
                        {"payload", payload},
                        {"examples", example},
                        {"x-protobuf-message", one.message}});
  if (is_position) {
    add_channel("pos", names.position("{zone}", "{rider}"), message, "receive", comment);
    return;
  }
  const entity_ref target{one.kind, "{" + kind + "}"};
  const auto key = "in." + kind + "." + one.verb;
  const auto add = [&](const std::string& channel, const char* by) {
    add_channel(channel, names.command("{zone}", target, one.verb, by), message, "receive",
                comment);
  };
  add(key, is_operators(one.blank) ? "{operator}" : "");
  if (is_also_operators(one.blank)) {
    add(key + ".operator", "{operator}");
  }
}

void composer::add_event(const wire::event_contract& one) {
  if (!one.announced) {
    return;
  }
  const auto message = "event." + one.field;
  const auto comment = book_.comment_on_event(one.field);
  add_message(message, {{"title", one.message},
                        {"summary", comment},
                        {"contentType", "application/protobuf"},
                        {"headers", reference("#/components/schemas/EventHeaders")},
                        {"payload", book_.event_schema("Event." + one.field, one.field)},
                        {"x-protobuf-message", "dispatch.v1.Event"}});
  for (const auto kind : one.kinds) {
    const std::string token{to_string(kind)};
    add_channel("out." + token + "." + one.name,
                names.event("{zone}", {kind, "{" + token + "}"}, one.name), message, "send",
                comment);
  }
}

json composer::compose() {
  const auto commands = wire::command_contracts();
  for (const auto& one : commands) {
    book_.add_rules(one.message, one.rules);
  }
  add_headers();
  for (const auto& one : commands) {
    add_command(one);
  }
  for (const auto& one : wire::event_contracts()) {
    add_event(one);
  }
  const auto letter = book_.comment_on_message("dispatch.v1.DeadLetter");
  add_message("dead_letter", {{"title", "dispatch.v1.DeadLetter"},
                              {"summary", letter},
                              {"contentType", "application/protobuf"},
                              {"headers", reference("#/components/schemas/EventHeaders")},
                              {"payload", book_.reference_to("dispatch.v1.DeadLetter")},
                              {"x-protobuf-message", "dispatch.v1.DeadLetter"}});
  add_channel("dead", names.dead_letter("{zone}", "{reason}"), "dead_letter", "send", letter);
  const auto questions = questions_to_zones(book_);
  channels_.update(questions.channels);
  operations_.update(questions.operations);
  messages_.update(questions.messages);
  schemas_.update(book_.schemas());
  describe_limits(schemas_);
  return {{"asyncapi", "3.0.0"},
          {"info", {{"title", "Dispatch"}, {"version", "1.0.0"}, {"description", one_line(about)}}},
          {"defaultContentType", "application/json"},
          {"servers",
           {{"nats",
             {{"host", "localhost:4222"},
              {"protocol", "nats"},
              {"description", "NATS with JetStream, where the zones have their streams."}}}}},
          {"channels", channels_},
          {"operations", operations_},
          {"components", {{"messages", messages_}, {"schemas", schemas_}}},
          {"x-streams", streams()},
          {"x-buckets", buckets()},
          {"x-limits",
           {{"command_bytes_max", limits::command_bytes_max},
            {"command_id_bytes_max", limits::command_id_bytes_max},
            {"dedupe_horizon_h", limits::dedupe_horizon.count()}}}};
}

} // namespace

void load(pb::DescriptorPool& types, const std::string& descriptors) {
  std::ifstream file{descriptors, std::ios::binary};
  pb::FileDescriptorSet files;
  if (!files.ParseFromIstream(&file)) {
    throw std::runtime_error(descriptors + " holds no descriptors");
  }
  for (const auto& one : files.file()) {
    if (types.BuildFile(one) == nullptr) {
      throw std::runtime_error(descriptors + ": " + one.name() + " does not fit the others");
    }
  }
}

json document_of(const pb::DescriptorPool& types) { return composer{types}.compose(); }

json document_of(const std::string& descriptors) {
  pb::DescriptorPool types;
  load(types, descriptors);
  return document_of(types);
}

std::string text_of(const json& document) { return document.dump(2) + "\n"; }

} // namespace dispatch::contract
