#pragma once

#include "tests/contract/markdown.hpp"
#include "tests/contract/reference.hpp"

#include <string>
#include <vector>

namespace dispatch::contract {

/// Names of schemas of messages, in the order in which a page speaks of them.
using message_names = std::vector<std::string>;

/// Of a full name such as `dispatch.v1.PlaceOrder`.
std::string last_part(const std::string& name);

/// A description on one line, and without `Command: `.
std::string shown_description(const json& schema);

/// The fields of a message as a table: name, type, limits, meaning. Messages and enumerations that
/// they are made of go into `mentioned`, once each.
void add_fields(markdown_page& page, const json& message, message_names& mentioned);

/// A heading and a table for each of the messages and enumerations, and for what these are made of.
void add_messages(markdown_page& page, const contract_source& from, message_names names);

/// The values of an enumeration and what they mean.
void add_values(markdown_page& page, const google::protobuf::EnumDescriptor& type);

} // namespace dispatch::contract
