#pragma once

#include "messages/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>

/// NKeys: Ed25519 keys by which a server knows users, as text. A seed is secret: failures never
/// hold one.
namespace dispatch::nats {

/// The seed of a user in a file, in a line of its own. Fails, naming the file and the rule, when
/// there is none.
result<std::string> read_seed(const std::filesystem::path& file);

/// The name under which a server knows the user of this seed. Fails when it is no user's seed.
result<std::string> public_nkey(std::string_view seed);

} // namespace dispatch::nats
