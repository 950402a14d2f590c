#pragma once

#include "messages/wire/codec.hpp"

#include <string>
#include <string_view>
#include <variant>

/// Commands as records keep them. For the folder messages/wire only.
namespace dispatch::wire {

/// The verb of a command that may be recorded; empty for those that only follow from others.
std::string_view recorded_verb(const command_body& body);

/// Its body in protobuf. Aborts on a command that is never recorded.
std::string encode_recorded(const command_body& body);

/// Checks the structure only: what lies in the log has passed the rules of its day.
std::variant<command_body, rejection> decode_recorded(entity_kind kind, std::string_view verb,
                                                      std::string_view body);

/// The JSON form of a recorded body.
result<std::string> recorded_to_json(entity_kind kind, std::string_view verb,
                                     std::string_view body);

} // namespace dispatch::wire
