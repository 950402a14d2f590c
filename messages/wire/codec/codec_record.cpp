#include "dispatch/v1/decision.pb.h"
#include "dispatch/v1/record.pb.h"
#include "messages/wire/archive.hpp"
#include "messages/wire/codec/fields.hpp"
#include "messages/wire/commands.hpp"

#include <algorithm>
#include <cstring>

namespace dispatch::wire {

namespace {

WIRE_FIELDS(candidate) {
  WIRE_TEXT(rider);
  WIRE_VALUE(cost_s);
  WIRE_VALUE(travel_s);
  WIRE_VALUE(order_wait_s);
  WIRE_VALUE(rider_wait_s);
  WIRE_VALUE(detour_s);
  WIRE_VALUE(distance_m);
  WIRE_TEXT(station);
  WIRE_VALUE(ride_s);
  WIRE_VALUE(rules_cost_s);
  WIRE_TEXTS(rules);
  WIRE_ENUM(travel, TravelSource);
}

WIRE_FIELDS(gated_rider) {
  WIRE_TEXT(rider);
  WIRE_ENUM(code, Gate);
  WIRE_TEXT(rule);
}

WIRE_FIELDS(gate_count) {
  WIRE_ENUM(code, Gate);
  WIRE_VALUE(riders);
}

WIRE_FIELDS(further_offer) {
  WIRE_TEXT(rider);
  WIRE_TEXT(offer);
}

WIRE_FIELDS(decision) {
  WIRE_TEXT(order);
  WIRE_TEXT(rider);
  WIRE_TEXT(offer);
  WIRE_ENUM(waiting, WaitingReason);
  WIRE_VALUE(by_operator);
  WIRE_VALUE(policy_version);
  WIRE_VALUE(radius_m);
  WIRE_VALUE(in_reach);
  WIRE_MESSAGES(candidates);
  WIRE_MESSAGES(gated);
  WIRE_MESSAGES(counts);
  WIRE_TEXTS(rules);
  WIRE_TEXTS(failed_rules);
  WIRE_MESSAGES(also);
  WIRE_OPTIONAL_MESSAGE(swap_from);
  WIRE_VALUE(gain_s);
}

WIRE_FIELDS(dead_letter) {
  WIRE_VALUE(sequence);
  WIRE_TIME(at);
  WIRE_TEXT(subject);
  WIRE_TEXT(reason);
  WIRE_TEXT(detail);
  WIRE_VALUE(hash);
  WIRE_VALUE(excerpt);
}

WIRE_FIELDS(command) {
  WIRE_ENUM(source, CommandSource);
  WIRE_MESSAGE(target);
  WIRE_VALUE(sequence);
  WIRE_TIME(at);
  WIRE_TEXT(id);
  WIRE_TEXT(by);
  WIRE_TEXT(trace);
  WIRE_VALUE(body_hash);
  WIRE_ENUM(refused_at_intake, Refusal);
  WIRE_VALUE(retry_after_ms);
  WIRE_VALUE(numbered);
  if constexpr (A::writing) {
    w.set_verb(std::string{recorded_verb(p.body)});
    w.set_body(encode_recorded(p.body));
  } else {
    auto read = decode_recorded(p.target.kind, w.verb(), w.body());
    if (const auto* why_not = std::get_if<rejection>(&read)) {
      a.reject("body", why_not->detail);
    } else {
      p.body = std::get<command_body>(std::move(read));
    }
  }
}

WIRE_FIELDS(travel_leg) {
  WIRE_ENUM(by, Vehicle);
  WIRE_VALUE(from);
  WIRE_VALUE(to);
}

WIRE_FIELDS(travel_time) {
  fields(a, p.leg, w);
  WIRE_VALUE(seconds);
}

WIRE_FIELDS(travel_answer) {
  WIRE_TEXT(order);
  WIRE_MESSAGES(times);
}

/// All but the events, which have an encoding of their own.
WIRE_FIELDS(record) {
  WIRE_VALUE(format);
  WIRE_ENUM(kind, RecordKind);
  WIRE_TEXT(zone);
  WIRE_VALUE(epoch);
  WIRE_VALUE(number);
  if constexpr (A::writing) {
    w.set_previous(p.previous.data(), p.previous.size());
  } else if (w.previous().size() != p.previous.size()) {
    a.reject("previous", "must be 32 bytes, is " + std::to_string(w.previous().size()));
  } else {
    std::memcpy(p.previous.data(), w.previous().data(), p.previous.size());
  }
  WIRE_TIME(now);
  WIRE_VALUE(input_position);
  WIRE_VALUE(input_fingerprint);
  WIRE_VALUE(digest);
  WIRE_MESSAGES(commands);
  WIRE_MESSAGES(decisions);
  WIRE_MESSAGES(dead_letters);
  WIRE_VALUE(local_offset_s);
  WIRE_MESSAGES(travel);
  WIRE_VALUE(handed_over);
  if constexpr (A::writing) {
    w.set_announced_number(p.announced.number);
    w.set_announced_index(p.announced.index);
    w.set_announced_sequence(p.announced.out_sequence);
  } else {
    p.announced = {w.announced_number(), w.announced_index(), w.announced_sequence()};
  }
}

/// Parses a record of a format that this build knows.
status parse_record(v1::Record& message, std::string_view bytes) {
  if (std::string why; !parse(message, encoding::protobuf, bytes, why)) {
    return failure{"commit record " + why};
  }
  if (message.format() == 0 || message.format() > record_format) {
    return failure{"commit record " + std::to_string(message.number()) + " has format " +
                   std::to_string(message.format()) + ", this build reads 1 to " +
                   std::to_string(record_format) + ": use the build that wrote it, or a newer one"};
  }
  return nothing{};
}

} // namespace

std::string encode_record(const record& r, std::span<const std::string> encoded_events) {
  if (encoded_events.size() != r.events.size()) {
    broken_invariant("encode_record: not every event is encoded");
  }
  auto& message = scratch<v1::Record>();
  writer writing;
  fields(writing, r, message);
  for (const auto& bytes : encoded_events) {
    message.add_events(bytes);
  }
  return print(message, encoding::protobuf);
}

result<record> decode_record(std::string_view bytes) {
  v1::Record message;
  if (auto parsed = parse_record(message, bytes); !parsed) {
    return parsed.error();
  }
  const auto about = "commit record " + std::to_string(message.number());
  record plain;
  reader<false> reading;
  fields(reading, plain, std::as_const(message));
  if (reading.failed()) {
    return failure{about + ", field " + reading.failure()};
  }
  plain.events.reserve(static_cast<std::size_t>(message.events_size()));
  for (const auto& one : message.events()) {
    auto read = decode_event(one);
    if (!read) {
      return failure{about + ", events[" + std::to_string(plain.events.size()) +
                     "]: " + read.error().what};
    }
    plain.events.push_back(std::move(*read));
  }
  return plain;
}

result<std::vector<std::string>> encoded_events_of(std::string_view record_bytes) {
  v1::Record message;
  if (auto parsed = parse_record(message, record_bytes); !parsed) {
    return parsed.error();
  }
  auto& events = *message.mutable_events();
  return std::vector<std::string>(std::make_move_iterator(events.begin()),
                                  std::make_move_iterator(events.end()));
}

std::string encode_dead_letter(const dead_letter& letter) {
  auto& message = scratch<v1::DeadLetter>();
  writer writing;
  fields(writing, letter, message);
  return print(message, encoding::protobuf);
}

result<dead_letter> decode_dead_letter(std::string_view bytes) {
  auto& message = scratch<v1::DeadLetter>();
  if (std::string why; !parse(message, encoding::protobuf, bytes, why)) {
    return failure{"dead letter " + why};
  }
  dead_letter plain;
  reader<false> reading;
  fields(reading, plain, std::as_const(message));
  if (reading.failed()) {
    return failure{"dead letter, field " + reading.failure()};
  }
  return plain;
}

std::string decision_to_json(const decision& d) {
  auto& message = scratch<v1::Decision>();
  writer writing;
  fields(writing, d, message);
  return print(message, encoding::json);
}

} // namespace dispatch::wire
