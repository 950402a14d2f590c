#pragma once

#include "tests/contract/schema.hpp"

#include <string>

namespace dispatch::contract {

/// The AsyncAPI 3.0 document of the contract: every subject, message, header and limit, as the code
/// has them. `descriptors` is the file that protoc writes, with sources.
json document_of(const std::string& descriptors);

/// As it lies in deploy/asyncapi.json.
std::string text_of(const json& document);

} // namespace dispatch::contract
