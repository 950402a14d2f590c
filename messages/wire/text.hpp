#pragma once

#include <string>
#include <string_view>

/// Text that goes to people and into protobuf string fields. For the folder messages/wire only.
namespace dispatch::wire {

/// The text with every byte that is not part of valid UTF-8 replaced by `?`.
std::string repaired_utf8(std::string_view text);

/// The beginning of the text in quotes, with what is not printable ASCII as \xNN.
std::string quoted(std::string_view text);

/// The shortest decimal form that reads back as the same number.
std::string shown(double value);
inline std::string shown(unsigned value) { return std::to_string(value); }

} // namespace dispatch::wire
