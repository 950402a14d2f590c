#include "messages/wire/subjects.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

using namespace dispatch;
using namespace dispatch::wire;

namespace {

std::string why_no_command(std::string_view subject) {
  const auto parsed = parse_command_subject("dispatch", subject);
  return parsed ? "" : parsed.error().what;
}

rc::Gen<std::string> a_token() {
  return rc::gen::resize(60, rc::gen::nonEmpty(rc::gen::container<std::string>(
                                 rc::gen::elementOf(std::string{"abcXYZ019-_"}))));
}

} // namespace

TEST_CASE("subjects are spelled as documented") {
  const subjects names;
  const entity_ref order{entity_kind::order, "o-1"};
  CHECK(names.command("z", order, "pay") == "dispatch.in.z.order.o-1.pay");
  CHECK(names.command("z", order, "assign", "anna") == "dispatch.in.z.order.o-1.assign.anna");
  CHECK(names.commands_of_zone("z") == "dispatch.in.z.>");
  CHECK(names.log("z") == "dispatch.log.z");
  CHECK(names.event("z", order, "placed") == "dispatch.out.z.order.o-1.placed");
  CHECK(names.dead_letter("z", "bad_body") == "dispatch.out.z.dead.bad_body");
  CHECK(names.events_of_zone("z") == "dispatch.out.z.>");
  CHECK(names.position("z", "r") == "dispatch.pos.z.r");
  CHECK(names.positions_of_zone("z") == "dispatch.pos.z.*");
  CHECK(names.positions() == "dispatch.pos.>");
  CHECK(names.admin("z", "get") == "dispatch.admin.z.get");
  CHECK(names.admin_of_zone("z") == "dispatch.admin.z.>");
  CHECK(subjects{"lab"}.log("z") == "lab.log.z");
}

TEST_CASE("streams carry a root that is not the default one") {
  CHECK(input_stream("dispatch", "z") == "IN_z");
  CHECK(log_stream("dispatch", "z") == "LOG_z");
  CHECK(output_stream("dispatch", "z") == "OUT_z");
  CHECK(position_stream("dispatch") == "POS");
  CHECK(zones_bucket("dispatch") == "dispatch_zones");
  CHECK(input_stream("lab", "z") == "lab_IN_z");
  CHECK(position_stream("lab") == "lab_POS");
  CHECK(zones_bucket("lab") == "lab_zones");
}

TEST_CASE("a command's subject survives a round trip") {
  CHECK(rc::check([] {
    const auto root = *a_token();
    const auto zone = *a_token();
    const auto kind = *rc::gen::element(entity_kind::order, entity_kind::rider,
                                        entity_kind::station, entity_kind::zone);
    const entity_ref target{kind, kind == entity_kind::zone ? zone : *a_token()};
    const auto verb = *a_token();
    const auto by = *rc::gen::oneOf(a_token(), rc::gen::just(std::string{}));
    const auto parsed = parse_command_subject(root, subjects{root}.command(zone, target, verb, by));
    RC_ASSERT(static_cast<bool>(parsed));
    RC_ASSERT(parsed->zone == zone);
    RC_ASSERT(parsed->target == target);
    RC_ASSERT(parsed->verb == verb);
    RC_ASSERT(parsed->by == by);
  }));
}

TEST_CASE("what is not a command's subject is refused by token and rule") {
  CHECK(why_no_command("dispatch.in.z.order.o.pay").empty());
  CHECK(why_no_command("dispatch.in.z.order.o") ==
        "subject must have 6 or 7 tokens, root.in.zone.kind.id.verb[.operator], has 5");
  CHECK(why_no_command("dispatch.in.z.order.o.pay.anna.more").ends_with("has 8"));
  CHECK(why_no_command("").ends_with("has 1"));
  CHECK(why_no_command("lab.in.z.order.o.pay") == "subject token root: must be 'dispatch'");
  CHECK(why_no_command("dispatch.out.z.order.o.pay") == "subject token 2: must be 'in'");
  CHECK(why_no_command("dispatch.in.z.truck.o.pay") ==
        "subject token kind: must be order, rider, station or zone");
  CHECK(why_no_command("dispatch.in..order.o.pay")
            .starts_with("subject token zone: must be 1 to 64"));
  CHECK(why_no_command("dispatch.in.z.order.o o.pay").starts_with("subject token id: "));
  CHECK(why_no_command("dispatch.in.z.order.o.*").starts_with("subject token verb: "));
  CHECK(why_no_command("dispatch.in.z.order.o.pay.").starts_with("subject token operator: "));
  CHECK(why_no_command("dispatch.in.z.zone.other.pause")
            .starts_with("subject token id: must be the zone"));
  CHECK(why_no_command("dispatch.in.z.order." + std::string(65, 'a') + ".pay")
            .starts_with("subject token id: "));
}

TEST_CASE("any text is a command's subject or a named failure") {
  CHECK(rc::check([] {
    const auto text = *rc::gen::container<std::string>(
        rc::gen::elementOf(std::string{".>* dispatchinzorder\xFF", 22}));
    const auto parsed = parse_command_subject("dispatch", text);
    RC_ASSERT((parsed || parsed.error().what.starts_with("subject")));
  }));
}

TEST_CASE("a snapshot's subjects name its number and what they carry") {
  const wire::subjects names{"lab"};
  const auto chunk = parse_snapshot_subject("lab", "z", names.snapshot_chunk("z", 17, 3));
  REQUIRE(chunk);
  CHECK(chunk->number == 17);
  CHECK(chunk->chunk == 3U);
  const auto manifest = parse_snapshot_subject("lab", "z", names.snapshot_manifest("z", 17));
  REQUIRE(manifest);
  CHECK(manifest->number == 17);
  CHECK_FALSE(manifest->chunk);
  for (const auto* other :
       {"lab.snap.y.17.3", "dispatch.snap.z.17.3", "lab.snap.z.17", "lab.snap.z.x.3",
        "lab.snap.z.17.3.4", "lab.snap.z.17.-1", "lab.snap.z.17.", ""}) {
    CHECK_FALSE(parse_snapshot_subject("lab", "z", other));
  }
}

TEST_CASE("a position's subject names its rider") {
  CHECK(parse_position_subject("dispatch", "z", "dispatch.pos.z.r-1") == "r-1");
  for (const auto* other : {"dispatch.pos.y.r-1", "lab.pos.z.r-1", "dispatch.pos.z",
                            "dispatch.pos.z.r.1", "dispatch.in.z.r-1", "dispatch.pos.z.r+1", ""}) {
    CHECK(parse_position_subject("dispatch", "z", other) == std::nullopt);
  }
}
