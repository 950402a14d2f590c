#pragma once

#include "messages/policy.hpp"
#include "messages/result.hpp"

#include <string>
#include <string_view>

namespace dispatch::wire {

/// The text that the log keeps: TOML with one table [policy], every key present, without the
/// version.
std::string canonical_toml(const policy& policy);

/// The same for a person to read and edit: with the version, and what every key means.
std::string to_toml(const policy& policy);

/// Missing keys take their defaults; without a `version` it is 0. Fails, naming the key and the
/// rule, on unknown keys, wrong types and values out of range. What expressions say is not looked
/// at.
result<policy> policy_from_toml(std::string_view text);

/// A policy that the log keeps: of its structure only, so that the log stays readable when rules
/// have become stricter.
result<policy> kept_policy_from_toml(std::string_view text);

} // namespace dispatch::wire
