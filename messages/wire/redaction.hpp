#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace google::protobuf {
class Descriptor;
}

/// What of a body that nobody understands may be kept in clear. For the folder messages/wire only.
namespace dispatch::wire {

/// Whether a field of this name holds what only two people should know.
bool is_secret(std::string_view field);

/// The names of a message's fields and of those inside, in both spellings of JSON; true: the value
/// may be shown.
std::map<std::string, bool, std::less<>> field_names(const google::protobuf::Descriptor& of);

/// The beginning of what may be JSON, with `***` for every value that is not that of a field which
/// may be shown, and for every name that is none. Bytes outside of strings, numbers and words stay.
std::string redacted_json(std::string_view text,
                          const std::map<std::string, bool, std::less<>>& names,
                          std::size_t bytes_max);

} // namespace dispatch::wire
