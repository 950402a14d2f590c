#include "messages/nats/bucket.hpp"
#include "messages/wire/subjects.hpp"
#include "messages/wire/zone/zone_entry.hpp"
#include "tests/integration/deciding.hpp"
#include "tests/integration/harness.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

/// What another build has recorded is opened by this build, and decided again to the same bytes.
///
/// Make the record with the other build: `dispatch-sim replay DAY --keep DIR`. Then give DIR:
/// `DISPATCH_RECORDED=DIR test_integration -tc='what another build*'`. The directory stays as it
/// is. Without it the test is left out.
namespace {

using namespace dispatch;
using namespace dispatch::integration;
namespace fs = std::filesystem;

const char* recorded() { return std::getenv("DISPATCH_RECORDED"); }

TEST_CASE("what another build has recorded opens here, and is decided again to the same bytes" *
          doctest::skip(recorded() == nullptr)) {
  const fs::path original = recorded();
  site where;
  const auto zone = std::string{"sim"};
  where.with_server_stopped([&](const fs::path& files) {
    fs::remove_all(files / "store");
    fs::copy(original / "nats" / "store", files / "store", fs::copy_options::recursive);
  });
  fs::copy(original / (zone + ".db"), where.data() / (zone + ".db"));
  const auto log = stored_log(where, zone);
  const auto entry = value_of(nats::bucket(where.on(), wire::zones_bucket("dispatch")).get(zone));
  REQUIRE(entry);
  const auto definition = value_of(wire::zone_definition_of_entry(zone, entry->value));
  MESSAGE(log.size() << " records");
  for (const std::size_t threads : {1, 4}) {
    CAPTURE(threads);
    CHECK(difference_when_decided_again(definition, log, threads).value_or("") == "");
  }

  dispatchd node(where);
  await("the zone to run", [&] {
    const auto answer = where.on()->request("dispatch.admin." + zone + ".zone", "{}", patience);
    return answer && nlohmann::json::parse(*answer).value("running", false);
  });
  CHECK(node.log().find("loaded the snapshot") == std::string::npos);
  CHECK(node.stop() == 0);
  CHECK(stored_log(where, zone).size() == log.size() + 1); // The epoch that was opened.
}

} // namespace
