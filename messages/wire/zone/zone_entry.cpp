#include "messages/wire/zone/zone_entry.hpp"

#include "messages/wire/text.hpp"

#include <utility>

namespace dispatch::wire {

result<zone_definition> zone_definition_of_entry(std::string_view zone, std::string_view text) {
  auto read = zone_definition_from_toml(text);
  if (read && read->name != zone) {
    return failure{"zone definition, name: must be " + wire::quoted(zone) + ", is " +
                   wire::quoted(read->name)};
  }
  return read;
}

result<std::string> entry_of(const zone_definition& definition) {
  auto text = to_toml(definition);
  const auto read = zone_definition_of_entry(definition.name, text);
  return read ? result<std::string>{std::move(text)} : result<std::string>{read.error()};
}

} // namespace dispatch::wire
