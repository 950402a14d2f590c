#include "messages/wire/codec/command_fields.hpp"
#include "messages/wire/commands.hpp"
#include "messages/wire/redaction.hpp"

#include <algorithm>
#include <array>

namespace dispatch::wire {

namespace {

using decoded = std::variant<command_body, rejection>;

/// A plain message out of bytes, or why not.
template <bool Strict, class Plain, class Message>
std::variant<Plain, rejection> decode_plain(encoding as, std::string_view body) {
  auto& message = scratch<Message>();
  if (std::string why; !parse(message, as, body, why)) {
    return rejection{"bad_body", std::move(why)};
  }
  Plain plain;
  reader<Strict> reading;
  fields(reading, plain, std::as_const(message));
  if (reading.failed()) {
    return rejection{"bad_field", reading.failure()};
  }
  return plain;
}

template <class Message, class Plain> std::string encode_plain(const Plain& plain, encoding as) {
  auto& message = scratch<Message>();
  writer writing;
  fields(writing, plain, message);
  return print(message, as);
}

template <bool Strict, class Group, class Plain, class Message>
decoded decode_into(encoding as, std::string_view body) {
  auto read = decode_plain<Strict, Plain, Message>(as, body);
  if (auto* why_not = std::get_if<rejection>(&read)) {
    return std::move(*why_not);
  }
  return command_body{Group{std::get<Plain>(std::move(read))}};
}

/// The rules that a message meets that is filled, with texts or without: some depend on them.
template <class Plain, class Message> std::vector<field_rule> rules_noted(bool with_texts) {
  Message filled;
  fill(filled, with_texts);
  Plain plain;
  rule_list list;
  fields(list, plain, std::as_const(filled));
  return list.take();
}

/// How one command is spelled.
struct spelling {
  entity_kind kind;
  std::string_view verb;
  bool outside; ///< may come from outside
  bool (*means)(const command_body&);
  decoded (*decode)(encoding, std::string_view);
  decoded (*decode_recorded)(encoding, std::string_view);
  std::string (*encode)(const command_body&, encoding);
  google::protobuf::Message& (*message)(); ///< a clear one of the calling thread
  std::vector<field_rule> (*rules)();
  command_body (*blank)();
};

template <class Group, class Plain, class Message>
constexpr spelling spell(entity_kind kind, std::string_view verb, bool outside = true) {
  constexpr auto means = [](const command_body& body) {
    const auto* group = std::get_if<Group>(&body);
    return group != nullptr && std::holds_alternative<Plain>(*group);
  };
  constexpr auto encode = [](const command_body& body, encoding as) {
    return encode_plain<Message>(std::get<Plain>(std::get<Group>(body)), as);
  };
  constexpr auto message = []() -> google::protobuf::Message& { return scratch<Message>(); };
  constexpr auto rules = [] {
    return merged(rules_noted<Plain, Message>(false), rules_noted<Plain, Message>(true));
  };
  constexpr auto blank = [] { return command_body{Group{Plain{}}}; };
  return {kind,
          verb,
          outside,
          means,
          decode_into<true, Group, Plain, Message>,
          decode_into<false, Group, Plain, Message>,
          encode,
          message,
          rules,
          blank};
}

constexpr auto of_order = entity_kind::order;
constexpr auto of_rider = entity_kind::rider;
constexpr auto of_station = entity_kind::station;
constexpr auto of_zone = entity_kind::zone;

constexpr std::array spellings = {
    spell<order_command, place_order, v1::PlaceOrder>(of_order, "place"),
    spell<order_command, pay_order, v1::PayOrder>(of_order, "pay"),
    spell<order_command, ready_order, v1::ReadyOrder>(of_order, "ready"),
    spell<order_command, cancel_order, v1::CancelOrder>(of_order, "cancel"),
    spell<order_command, assign_order, v1::AssignOrder>(of_order, "assign"),
    spell<order_command, pause_actor, v1::PauseActor>(of_order, "pause"),
    spell<order_command, resume_actor, v1::ResumeActor>(of_order, "resume"),
    spell<order_command, unassign_order, v1::UnassignOrder>(of_order, "unassign"),
    spell<order_command, write_off_order, v1::WriteOffOrder>(of_order, "write_off"),
    spell<order_command, hold_order, v1::HoldOrder>(of_order, "hold"),
    spell<order_command, release_hold, v1::ReleaseHold>(of_order, "release"),
    spell<order_command, pass_deadline, v1::PassDeadline>(of_order, "pass_deadline", false),
    spell<order_command, attach_waybill, v1::AttachWaybill>(of_order, "attach_waybill", false),
    spell<rider_command, record_position, v1::RecordPosition>(of_rider, "record_position", false),
    spell<rider_command, accept_offer, v1::AcceptOffer>(of_rider, "accept"),
    spell<rider_command, decline_offer, v1::DeclineOffer>(of_rider, "decline"),
    spell<rider_command, arrive_at_stop, v1::ArriveAtStop>(of_rider, "arrive"),
    spell<rider_command, pick_up_order, v1::PickUpOrder>(of_rider, "pick_up"),
    spell<rider_command, deliver_order, v1::DeliverOrder>(of_rider, "deliver"),
    spell<rider_command, fail_delivery, v1::FailDelivery>(of_rider, "fail"),
    spell<rider_command, start_shift, v1::StartShift>(of_rider, "start_shift"),
    spell<rider_command, end_shift, v1::EndShift>(of_rider, "end_shift"),
    spell<rider_command, start_break, v1::StartBreak>(of_rider, "start_break"),
    spell<rider_command, end_break, v1::EndBreak>(of_rider, "end_break"),
    spell<rider_command, report_breakdown, v1::ReportBreakdown>(of_rider, "report_breakdown"),
    spell<rider_command, transfer_rider, v1::TransferRider>(of_rider, "transfer"),
    spell<rider_command, receive_rider, v1::ReceiveRider>(of_rider, "receive"),
    spell<rider_command, conclude_transfer, v1::ConcludeTransfer>(of_rider, "conclude_transfer"),
    spell<rider_command, pause_actor, v1::PauseActor>(of_rider, "pause"),
    spell<rider_command, resume_actor, v1::ResumeActor>(of_rider, "resume"),
    spell<rider_command, pass_deadline, v1::PassDeadline>(of_rider, "pass_deadline", false),
    spell<station_command, open_station, v1::OpenStation>(of_station, "open"),
    spell<station_command, close_station, v1::CloseStation>(of_station, "close"),
    spell<station_command, report_stock, v1::ReportStock>(of_station, "stock"),
    spell<station_command, pass_deadline, v1::PassDeadline>(of_station, "pass_deadline", false),
    spell<station_command, pause_actor, v1::PauseActor>(of_station, "pause"),
    spell<station_command, resume_actor, v1::ResumeActor>(of_station, "resume"),
    spell<zone_command, pause_zone, v1::PauseZone>(of_zone, "pause"),
    spell<zone_command, resume_zone, v1::ResumeZone>(of_zone, "resume"),
    spell<zone_command, set_policy, v1::SetPolicy>(of_zone, "set_policy"),
    spell<zone_command, accept_loss, v1::AcceptLoss>(of_zone, "accept_loss"),
};

const spelling* spelling_of(const command_body& body) {
  const auto* found =
      std::ranges::find_if(spellings, [&](const spelling& one) { return one.means(body); });
  return found == spellings.end() ? nullptr : found;
}

const spelling* spelling_of(entity_kind kind, std::string_view verb) {
  const auto* found = std::ranges::find_if(
      spellings, [&](const spelling& one) { return one.kind == kind && one.verb == verb; });
  return found == spellings.end() ? nullptr : found;
}

rejection unknown_verb(entity_kind kind, std::string_view verb) {
  std::string known;
  for (const auto& one : spellings) {
    if (one.kind == kind && one.outside) {
      known.append(known.empty() ? "" : ", ").append(one.verb);
    }
  }
  return {"unknown_verb", "verb: must be one of " + known + " for " + std::string{to_string(kind)} +
                              ", is " + quoted(verb)};
}

std::string excess_of(std::string_view body) {
  return "body: must be at most " + std::to_string(limits::command_bytes_max) + " bytes, is " +
         std::to_string(body.size());
}

} // namespace

std::variant<command_body, rejection> decode_command(entity_kind kind, std::string_view verb,
                                                     encoding as, std::string_view body) {
  const auto* known = spelling_of(kind, verb);
  if (known == nullptr || !known->outside) {
    return unknown_verb(kind, verb);
  }
  if (body.size() > limits::command_bytes_max) {
    return rejection{"too_large", excess_of(body)};
  }
  return known->decode(as, body);
}

std::string excerpt_of(entity_kind kind, std::string_view verb, encoding as, std::string_view body,
                       std::size_t bytes_max) {
  const auto* known = spelling_of(kind, verb);
  if (known == nullptr || as != encoding::json) {
    return {};
  }
  return redacted_json(body, field_names(*known->message().GetDescriptor()), bytes_max);
}

std::variant<place, rejection> decode_position(encoding as, std::string_view body) {
  if (body.size() > limits::command_bytes_max) {
    return rejection{"too_large", excess_of(body)};
  }
  auto read = decode_plain<true, record_position, v1::RecordPosition>(as, body);
  if (auto* why_not = std::get_if<rejection>(&read)) {
    return std::move(*why_not);
  }
  return std::get<record_position>(read).at;
}

std::string encode_position(const place& at, encoding as) {
  return encode_plain<v1::RecordPosition>(record_position{at}, as);
}

std::string_view verb_of(const command_body& body) {
  const auto* known = spelling_of(body);
  return known != nullptr && known->outside ? known->verb : std::string_view{};
}

std::string encode_command(const command_body& body, encoding as) {
  const auto* known = spelling_of(body);
  if (known == nullptr || !known->outside) {
    broken_invariant("encode_command: a command that never comes from outside");
  }
  return known->encode(body, as);
}

std::vector<command_contract> command_contracts() {
  std::vector<command_contract> all;
  for (const auto& one : spellings) {
    if (one.outside || one.verb == "record_position") {
      all.push_back(
          {one.kind, std::string{one.verb}, one.message().GetTypeName(), one.rules(), one.blank()});
    }
  }
  return all;
}

std::string_view recorded_verb(const command_body& body) {
  const auto* known = spelling_of(body);
  return known != nullptr ? known->verb : std::string_view{};
}

std::string encode_recorded(const command_body& body) {
  const auto* known = spelling_of(body);
  if (known == nullptr) {
    broken_invariant("encode_record: a command that only follows from others");
  }
  return known->encode(body, encoding::protobuf);
}

std::variant<command_body, rejection> decode_recorded(entity_kind kind, std::string_view verb,
                                                      std::string_view body) {
  const auto* known = spelling_of(kind, verb);
  if (known == nullptr) {
    return unknown_verb(kind, verb);
  }
  return known->decode_recorded(encoding::protobuf, body);
}

result<std::string> recorded_to_json(entity_kind kind, std::string_view verb,
                                     std::string_view body) {
  const auto* known = spelling_of(kind, verb);
  if (known == nullptr) {
    return failure{unknown_verb(kind, verb).detail};
  }
  auto& message = known->message();
  if (std::string why; !parse(message, encoding::protobuf, body, why)) {
    return failure{"body " + why};
  }
  return to_json(message);
}

} // namespace dispatch::wire
