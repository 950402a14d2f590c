#pragma once

#include "tests/contract/document.hpp"

#include <map>
#include <string>

namespace dispatch::contract {

/// The pages of deploy/docs/reference by file name: all of them made from what the code has.
/// `descriptors` as for document_of; `sources` is the root of the source tree, for the reasons of
/// limits.
std::map<std::string, std::string> reference_pages(const std::string& descriptors,
                                                   const std::string& sources);

/// What the pages about the contract are made of.
struct contract_source {
  const google::protobuf::DescriptorPool& types;
  const json& document;
};

std::string subjects_page(const contract_source& from);
std::string commands_page(const contract_source& from);
std::string events_page(const contract_source& from);
std::string refusals_page(const contract_source& from);
std::string admin_requests_page(const contract_source& from);

/// Of lists in the product.
std::string policy_keys_page();
std::string metrics_page();
/// Of the text of messages/limits.hpp.
std::string limits_page(const std::string& header);

} // namespace dispatch::contract
