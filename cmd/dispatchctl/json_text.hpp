#pragma once

#include <nlohmann/json.hpp>

#include <iosfwd>
#include <string>
#include <string_view>

/// JSON as people read it.
namespace dispatch::ctl {

/// The stable name of an enum's value: `too_early` for `WAITING_REASON_TOO_EARLY`, and `none` for
/// UNSPECIFIED. All else is left as it is.
std::string name_of(std::string_view value);

/// The same as words of a sentence: `too early`.
std::string plain_word(std::string_view value);

/// A scalar, or an object's or array's fields on one line: `rider=r1 offer=o-1`. Null is empty.
std::string on_one_line(const nlohmann::ordered_json& value);

/// One field a line, with the path of nested ones: `details.station  s1`.
void print_fields(std::ostream& to, const nlohmann::ordered_json& object);

/// What an event in JSON holds beside what every event has.
nlohmann::ordered_json body_of(const nlohmann::ordered_json& event);

} // namespace dispatch::ctl
