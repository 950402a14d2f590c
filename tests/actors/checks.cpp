#include "tests/actors/checks.hpp"

#include "messages/wire/codec.hpp"
#include "tests/support/audited.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <utility>

namespace dispatch::testing {

audit::audit_report audited(const virtual_city& city) {
  return audited(city.streams, {.at_rest = true});
}

void check_audit(const virtual_city& city) {
  const auto report = audited(city);
  CHECK_MESSAGE(report.clean(), audit::to_text(report));
}

void check_decided_again(const virtual_city& city, const policy& definition) {
  std::vector<std::string> log;
  for (const auto& one : city.streams.log->all()) {
    log.push_back(one.body);
  }
  check_decided_again(log, definition);
}

void check_decided_again(const std::vector<std::string>& log, const policy& definition) {
  city_streams empty;
  const auto clock = std::make_shared<virtual_clock>();
  clock->advance(std::chrono::years{100}); // Behind all that was recorded.
  virtual_node again{empty, std::make_shared<memory_store>(), clock, definition, true};
  for (const auto& bytes : log) {
    auto r = wire::decode_record(bytes);
    REQUIRE_MESSAGE(r, (r ? "" : r.error().what));
    again.tell({std::make_shared<const record>(std::move(*r))});
  }
  CHECK_MESSAGE(!again.halted(), again.cause());
  const auto repeated = empty.log->all();
  REQUIRE(repeated.size() == log.size());
  for (std::size_t i = 0; i < log.size(); ++i) {
    CHECK(repeated[i].body == log[i]);
  }
}

} // namespace dispatch::testing
