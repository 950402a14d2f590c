#include "messages/wire/enum_names.hpp"

#include "dispatch/v1/record.pb.h"
#include "dispatch/v1/state.pb.h"

#include <google/protobuf/descriptor.h>

#include <cctype>
#include <string>
#include <unordered_map>

namespace dispatch::wire {

namespace {

namespace pb = google::protobuf;
using name_table = std::unordered_map<std::string_view, std::string>;

/// `WAITING_REASON_` for `WaitingReason`.
std::string prefix_of(const pb::EnumDescriptor& type) {
  std::string prefix;
  for (const auto letter : type.name()) {
    if (std::isupper(static_cast<unsigned char>(letter)) != 0 && !prefix.empty()) {
      prefix += '_';
    }
    prefix += static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  }
  return prefix + '_';
}

void add_values(name_table& to, const pb::EnumDescriptor& type) {
  const auto prefix = prefix_of(type);
  for (int i = 0; i < type.value_count(); ++i) {
    const std::string_view value = type.value(i)->name();
    std::string name{value.substr(value.starts_with(prefix) ? prefix.size() : 0)};
    for (auto& letter : name) {
      letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    }
    to.emplace(value, name == "unspecified" ? "none" : name);
  }
}

/// Of the file and of all that it imports.
void add_file(name_table& to, const pb::FileDescriptor& file) {
  for (int i = 0; i < file.enum_type_count(); ++i) {
    add_values(to, *file.enum_type(i));
  }
  for (int i = 0; i < file.dependency_count(); ++i) {
    add_file(to, *file.dependency(i));
  }
}

name_table all_names() {
  name_table names;
  add_file(names, *v1::Record::descriptor()->file());
  add_file(names, *v1::Event::descriptor()->file());
  add_file(names, *v1::OrderState::descriptor()->file());
  return names;
}

} // namespace

std::string_view plain_name(std::string_view value) {
  static const auto names = all_names();
  const auto known = names.find(value);
  return known == names.end() ? std::string_view{} : std::string_view{known->second};
}

} // namespace dispatch::wire
