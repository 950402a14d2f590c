#pragma once

#include <nlohmann/json.hpp>

#include <iosfwd>
#include <string>
#include <string_view>

/// JSON as people read it.
namespace dispatch::ctl {

/// `WAITING_REASON_TOO_EARLY` and `too_early` as `too early`; UNSPECIFIED as `none`.
std::string plain_word(std::string_view name);

/// A scalar, or an object's or array's fields on one line: `rider=r1 offer=o-1`. Null is empty.
std::string on_one_line(const nlohmann::ordered_json& value);

/// One field a line, with the path of nested ones: `details.station  s1`.
void print_fields(std::ostream& to, const nlohmann::ordered_json& object);

/// What an event in JSON holds beside what every event has.
nlohmann::ordered_json body_of(const nlohmann::ordered_json& event);

} // namespace dispatch::ctl
