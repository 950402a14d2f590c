#include "messages/nats/bucket.hpp"
#include "tests/edge/edge.hpp"

#include <string>

/// What an operator mistypes is the business of that zone alone.
namespace {

using namespace dispatch;
using namespace dispatch::edge;

TEST_CASE("a number that is none is refused by zone create and leaves nothing behind") {
  town f;
  const auto before = decided_by_operators(f.where.on());
  const auto made = f.ctl({"zone", "create", "typo", "--speed", "nan"});
  CHECK_MESSAGE(made.code == exit_code::usage, made.err);
  CHECK(differences(before, decided_by_operators(f.where.on())) == "");
  f.check_untouched();
}

TEST_CASE("spans that no zone can have are refused by zone create and leave nothing behind") {
  town f;
  const auto before = decided_by_operators(f.where.on());
  int number = 0;
  for (const std::string typo : {"--log-retention=-1s", "--log-retention=99999999999999999999s",
                                 "--snapshot-interval=-1s", "--in-age=-1s", "--out-age=-1s"}) {
    const auto made = f.ctl({"zone", "create", "typo" + std::to_string(++number), typo});
    CHECK_MESSAGE(made.code == exit_code::usage, typo, ": ", made.err);
  }
  CHECK(differences(before, decided_by_operators(f.where.on())) == "");
  f.check_untouched();
}

TEST_CASE("a definition that nobody can read hurts no other zone") {
  town f;
  nats::bucket zones{f.where.on(), wire::zones_bucket(wire::default_root)};
  value_of(zones.put("broken", "factor = nan", 0));
  const auto listed = f.ctl({"zone", "list"});
  CHECK_MESSAGE(listed.code == exit_code::done, listed.err);
  CHECK_MESSAGE(listed.shows("broken"), listed.out);
  CHECK_MESSAGE(listed.shows(town::untouched), listed.out);
  const auto shown = f.ctl({"zone", "get", "broken"});
  CHECK_MESSAGE(shown.shows("nobody can read its definition"), shown.out, shown.err);
  const auto doctor = f.ctl({"doctor"});
  CHECK(doctor.code == exit_code::failed);
  CHECK_MESSAGE(doctor.shows("nobody can read its definition"), doctor.out);
  CHECK(f.ctl({"zone", "create", "broken"}).code == exit_code::failed);
  CHECK(f.answers());
  CHECK(f.is_ready());
  const auto deleted = f.ctl({"zone", "delete", "broken", "--yes"});
  CHECK_MESSAGE(deleted.code == exit_code::done, deleted.err);
  f.check_untouched();
}

} // namespace
