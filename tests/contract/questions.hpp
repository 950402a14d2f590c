#pragma once

#include "tests/contract/schema.hpp"

namespace dispatch::contract {

/// The part of the document about what can be asked of zones.
struct questions_part {
  json channels = json::object();
  json operations = json::object();
  json messages = json::object();
};

/// Adds the schemas of requests and answers to the book.
questions_part questions_to_zones(schema_book& book);

/// Says in the schemas of requests what a limit is where none is given, and how large it can be.
void describe_limits(json& schemas);

} // namespace dispatch::contract
