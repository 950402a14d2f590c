#pragma once

#include "messages/result.hpp"
#include "messages/wire/zone/zone_definition.hpp"

#include <string>
#include <string_view>

/// The entries of the zones bucket: definitions under the names of their zones.
namespace dispatch::wire {

/// Fails, naming the key and the rule, when nobody can read the entry, and when the definition in
/// the entry is of another zone.
result<zone_definition> zone_definition_of_entry(std::string_view zone, std::string_view text);

/// What is put into the bucket. Fails, naming the key and the rule, when nobody could read the
/// entry.
result<std::string> entry_of(const zone_definition& definition);

} // namespace dispatch::wire
