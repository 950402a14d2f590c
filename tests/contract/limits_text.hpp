#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dispatch::contract {

/// Constants that share a comment in messages/limits.hpp.
struct limit_group {
  std::vector<std::string> names;
  std::vector<std::string> values; ///< for people: `64 KiB`, `200 ms`
  std::string reason;
};

/// In the largest unit in which it is whole: `64 KiB`.
std::string shown_bytes(std::int64_t bytes);

/// Of the text of messages/limits.hpp, whose comments are the only place that has the reasons.
/// Throws, naming the line, on a constant without a comment.
std::vector<limit_group> limits_in(std::string_view header);

/// A constant's expression as people write it: products are worked out, bytes and long times get
/// their larger unit. An expression of other limits stays as it is.
std::string shown_limit(std::string_view name, std::string_view expression);

} // namespace dispatch::contract
