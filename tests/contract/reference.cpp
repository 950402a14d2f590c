#include "tests/contract/reference.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace dispatch::contract {

namespace {

std::string content_of(const std::string& path) {
  std::ifstream file{path};
  if (!file) {
    throw std::runtime_error("cannot read " + path);
  }
  return {std::istreambuf_iterator<char>{file}, {}};
}

} // namespace

std::map<std::string, std::string> reference_pages(const std::string& descriptors,
                                                   const std::string& sources) {
  google::protobuf::DescriptorPool types;
  load(types, descriptors);
  const auto document = document_of(types);
  const contract_source from{types, document};
  return {{"subjects.md", subjects_page(from)},
          {"commands.md", commands_page(from)},
          {"events.md", events_page(from)},
          {"refusals.md", refusals_page(from)},
          {"policy-keys.md", policy_keys_page()},
          {"limits.md", limits_page(content_of(sources + "/messages/limits.hpp"))},
          {"metrics.md", metrics_page()},
          {"admin-requests.md", admin_requests_page(from)}};
}

} // namespace dispatch::contract
