#pragma once

#include "tests/contract/schema.hpp"

#include <string>

namespace dispatch::contract {

/// Reads the file that protoc writes, with sources.
void load(google::protobuf::DescriptorPool& types, const std::string& descriptors);

/// The AsyncAPI 3.0 document of the contract: every subject, message, header and limit, as the code
/// has them.
json document_of(const google::protobuf::DescriptorPool& types);

/// The same of the file.
json document_of(const std::string& descriptors);

/// As it lies in deploy/asyncapi.json.
std::string text_of(const json& document);

} // namespace dispatch::contract
