#pragma once

#include "messages/records/command.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

/// What the codec takes and tells, as data: whoever describes or checks the contract asks here,
/// so that no description can differ from the code.
namespace dispatch::wire {

/// What a sender has to keep to in one field of a message.
struct field_rule {
  std::string field; ///< its path, such as `pick_up.latitude`; for elements of a list `stops.at`
  bool required = false;
  bool is_id = false; ///< 1 to 64 letters, digits, `-` or `_`; or empty, if it is not required
  std::optional<double> lowest = {};
  std::optional<double> highest = {};
  std::optional<std::size_t> bytes_max = {};
  std::optional<std::size_t> items_max = {};
};

/// A command that may come from outside, or the report of a position.
struct command_contract {
  entity_kind kind = entity_kind::order;
  std::string verb;    ///< last or second last token of its subject; `record_position` has none
  std::string message; ///< full name of the protobuf message
  std::vector<field_rule> rules;
  command_body blank; ///< such a command with nothing in it
};

/// An event.
struct event_contract {
  std::vector<entity_kind> kinds; ///< of entities to which it may happen
  std::string name;               ///< last token of its subject
  std::string field;              ///< of the oneof in dispatch.v1.Event
  std::string message;            ///< full name of that field's message
  bool announced = true;          ///< whether it is published
};

/// A key of a policy, or of a zone's definition. Numbers are spelled as TOML has them.
struct key_contract {
  std::string key;      ///< its path; `rules[].name` is one of each table of a list
  std::string type;     ///< for people
  std::string standard; ///< the value where the key is missing
  std::string lowest;   ///< empty: without limits
  std::string highest;
  std::string meaning;
};

/// In the order in which the codec lists them.
std::vector<command_contract> command_contracts();

/// In the order of dispatch.v1.Event.
std::vector<event_contract> event_contracts();

/// In the order in which a policy is written.
std::vector<key_contract> policy_key_contracts();

/// Of a zone's definition, without those of its policy.
std::vector<key_contract> zone_key_contracts();

} // namespace dispatch::wire
