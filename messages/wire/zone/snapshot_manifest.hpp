#pragma once

#include "messages/ports/snapshot_shelf.hpp"

#include <string>
#include <string_view>

namespace dispatch::wire {

/// JSON, for people as well.
std::string encode_manifest(const snapshot_manifest& manifest);
/// Fails on what is no manifest, or one of a newer format.
result<snapshot_manifest> decode_manifest(std::string_view text);

} // namespace dispatch::wire
