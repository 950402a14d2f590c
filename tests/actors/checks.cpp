#include "tests/actors/checks.hpp"

#include "cmd/audit/auditor.hpp"

#include <doctest/doctest.h>

#include <cstdint>

namespace dispatch::testing {

void check_audit(const virtual_city& city) {
  audit::auditor auditor{"dispatch", "z", {.at_rest = true}};
  for (const auto& message : city.streams.in->after(0, SIZE_MAX)) {
    auditor.add_input(message);
  }
  std::uint64_t sequence = 0;
  for (const auto& message : city.streams.log->all()) {
    auditor.add_record(++sequence, message.body);
  }
  sequence = 0;
  for (const auto& message : city.streams.out->all()) {
    auditor.add_output(++sequence, message.id, message.subject, message.body);
  }
  const auto report = auditor.finish();
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
