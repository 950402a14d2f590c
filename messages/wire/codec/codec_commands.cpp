#include "messages/wire/codec/bodies.hpp"
#include "messages/wire/codec/order_bodies.hpp"
#include "messages/wire/codec/rider_bodies.hpp"
#include "messages/wire/codec/rule_list.hpp"
#include "messages/wire/codec/station_bodies.hpp"
#include "messages/wire/codec/zone_bodies.hpp"
#include "messages/wire/commands.hpp"
#include "messages/wire/contract.hpp"
#include "messages/wire/redaction.hpp"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

namespace dispatch::wire {

namespace {

using decoded = std::variant<command_body, rejection>;

/// A plain message out of bytes, or why not.
template <bool Strict, class Plain>
std::variant<Plain, rejection> decode_plain(encoding as, std::string_view body) {
  auto& message = scratch<typename message_of<Plain>::type>();
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

template <class Plain> std::string encode_plain(const Plain& plain, encoding as) {
  auto& message = scratch<typename message_of<Plain>::type>();
  writer writing;
  fields(writing, plain, message);
  return print(message, as);
}

template <bool Strict, class Group, class Plain>
decoded decode_into(encoding as, std::string_view body) {
  auto read = decode_plain<Strict, Plain>(as, body);
  if (auto* why_not = std::get_if<rejection>(&read)) {
    return std::move(*why_not);
  }
  return command_body{Group{std::get<Plain>(std::move(read))}};
}

/// The rules that a message meets that is filled, with texts or without: some depend on them.
template <class Plain> std::vector<field_rule> rules_noted(bool with_texts) {
  typename message_of<Plain>::type filled;
  fill(filled, with_texts);
  Plain plain;
  rule_list list;
  fields(list, plain, std::as_const(filled));
  return list.take();
}

template <class Plain> inline constexpr bool is_recorded = Plain::verb.by != said_by::turn;

/// How one command is spelled.
struct spelling {
  entity_kind kind;
  command_verb verb;
  decoded (*decode)(encoding, std::string_view);
  decoded (*decode_recorded)(encoding, std::string_view);
  google::protobuf::Message& (*message)(); ///< a clear one of the calling thread
  std::vector<field_rule> (*rules)();
  command_body (*blank)();

  bool is_from_outside() const { return verb.by == said_by::anyone; }
};

template <class Group, class Plain> spelling spell(entity_kind kind) {
  constexpr auto message = []() -> google::protobuf::Message& {
    return scratch<typename message_of<Plain>::type>();
  };
  constexpr auto rules = [] { return merged(rules_noted<Plain>(false), rules_noted<Plain>(true)); };
  constexpr auto blank = [] { return command_body{Group{Plain{}}}; };
  return {kind,
          Plain::verb,
          decode_into<true, Group, Plain>,
          decode_into<false, Group, Plain>,
          message,
          rules,
          blank};
}

/// Of all that is recorded in the group.
template <class... Plain>
void add_spellings(std::vector<spelling>& to, entity_kind kind,
                   std::type_identity<std::variant<Plain...>> /*group*/) {
  const auto add = [&]<class Command>(std::type_identity<Command> /*of*/) {
    if constexpr (is_recorded<Command>) {
      to.push_back(spell<std::variant<Plain...>, Command>(kind));
    }
  };
  (add(std::type_identity<Plain>{}), ...);
}

const std::vector<spelling>& spellings() {
  static const auto all = [] {
    std::vector<spelling> list;
    add_spellings(list, entity_kind::order, std::type_identity<order_command>{});
    add_spellings(list, entity_kind::rider, std::type_identity<rider_command>{});
    add_spellings(list, entity_kind::station, std::type_identity<station_command>{});
    add_spellings(list, entity_kind::zone, std::type_identity<zone_command>{});
    return list;
  }();
  return all;
}

const spelling* spelling_of(entity_kind kind, std::string_view verb) {
  const auto found = std::ranges::find_if(
      spellings(), [&](const spelling& one) { return one.kind == kind && one.verb.text == verb; });
  return found == spellings().end() ? nullptr : &*found;
}

/// What `use` makes of the command itself.
template <class Use> auto with_command(const command_body& body, Use use) {
  return std::visit([&](const auto& group) { return std::visit(use, group); }, body);
}

command_verb verb_in(const command_body& body) {
  return with_command(body, []<class Plain>(const Plain&) { return Plain::verb; });
}

std::string encode(const command_body& body, encoding as) {
  return with_command(body, [as]<class Plain>(const Plain& plain) -> std::string {
    if constexpr (is_recorded<Plain>) {
      return encode_plain(plain, as);
    } else {
      broken_invariant("encode: a command that only follows from others");
    }
  });
}

rejection unknown_verb(entity_kind kind, std::string_view verb) {
  std::string known;
  for (const auto& one : spellings()) {
    if (one.kind == kind && one.is_from_outside()) {
      known.append(known.empty() ? "" : ", ").append(one.verb.text);
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
  if (known == nullptr || !known->is_from_outside()) {
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
  auto read = decode_plain<true, record_position>(as, body);
  if (auto* why_not = std::get_if<rejection>(&read)) {
    return std::move(*why_not);
  }
  return std::get<record_position>(read).at;
}

std::string encode_position(const place& at, encoding as) {
  return encode_plain(record_position{at}, as);
}

std::string_view verb_of(const command_body& body) {
  const auto verb = verb_in(body);
  return verb.by == said_by::anyone ? verb.text : std::string_view{};
}

std::string encode_command(const command_body& body, encoding as) {
  if (verb_of(body).empty()) {
    broken_invariant("encode_command: a command that never comes from outside");
  }
  return encode(body, as);
}

std::vector<command_contract> command_contracts() {
  std::vector<command_contract> all;
  for (const auto& one : spellings()) {
    const auto is_position =
        one.kind == entity_kind::rider && one.verb.text == record_position::verb.text;
    if (one.is_from_outside() || is_position) {
      all.push_back({one.kind, std::string{one.verb.text}, one.message().GetTypeName(), one.rules(),
                     one.blank()});
    }
  }
  return all;
}

std::string_view recorded_verb(const command_body& body) { return verb_in(body).text; }

std::string encode_recorded(const command_body& body) { return encode(body, encoding::protobuf); }

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
