#include "tests/actors/checks.hpp"

#include "tests/support/audited.hpp"

#include <doctest/doctest.h>

#include <utility>

namespace dispatch::testing {

audit::audit_report audited(const virtual_city& city, std::set<audit::check> known) {
  return audited(city.streams, {.at_rest = true, .known = std::move(known)});
}

void check_audit(const virtual_city& city) {
  const auto report = audited(city, audit::known_faults());
  CHECK_MESSAGE(report.clean(), audit::to_text(report));
}

void check_decided_again(const virtual_city& city, const policy& definition) {
  city_streams empty;
  virtual_node again{empty, std::make_shared<memory_store>(), city.clock, definition, true};
  for (const auto& r : city.records()) {
    again.tell({std::make_shared<const record>(r)});
  }
  CHECK_MESSAGE(!again.halted(), again.cause());
  const auto original = city.streams.log->all();
  const auto repeated = empty.log->all();
  REQUIRE(repeated.size() == original.size());
  for (std::size_t i = 0; i < original.size(); ++i) {
    CHECK(repeated[i].body == original[i].body);
  }
}

} // namespace dispatch::testing
