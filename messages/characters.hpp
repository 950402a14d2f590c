#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Text of others that people read.
namespace dispatch {

struct character {
  char32_t code = U'?';
  std::size_t bytes = 1;
  bool valid = false;
};

/// The first character of a UTF-8 text that is not empty.
character first_of(std::string_view text);

/// The text as it may be shown: what steers a terminal, or changes the direction of reading,
/// becomes spaces, what is not UTF-8 becomes `?`.
std::string printable(std::string_view text);

/// The same for JSON that is written already, which says \uXXXX instead.
std::string printable_json(std::string_view json);

} // namespace dispatch
