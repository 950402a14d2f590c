#include "cmd/audit/auditor.hpp"
#include "messages/limits.hpp"
#include "messages/signing/key.hpp"
#include "messages/wire/codec.hpp"
#include "tests/support/virtual_city.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

/// Waybills of a zone whose signer is slow, fails and recovers.
namespace {

using namespace dispatch;
using namespace std::chrono_literals;
using testing::virtual_city;

/// Signs when it is told to.
class scripted_signer final : public waybill_signer {
public:
  enum class mood : std::uint8_t { signs, fails, is_silent };

  void sign(std::string document, std::function<void(std::optional<signature>)> done) override {
    asked_.emplace_back(std::move(document), std::move(done));
    if (now != mood::is_silent) {
      answer_all();
    }
  }

  /// Answers what has not been answered.
  void answer_all() {
    for (const auto& [document, done] : std::exchange(asked_, {})) {
      ++answers;
      done(now == mood::fails
               ? std::nullopt
               : std::optional{signature{"ECDSA-P256-SHA256", key.id(), *key.sign(document)}});
    }
  }

  std::size_t asked() const { return asked_.size(); }

  const signing::private_key key =
      *signing::private_key::generate(signing::algorithm::ecdsa_p256_sha256);
  mood now = mood::signs;
  std::size_t answers = 0;

private:
  std::vector<std::pair<std::string, std::function<void(std::optional<signature>)>>> asked_;
};

using signer_mood = scripted_signer::mood;

struct city_with_signer : virtual_city {
  explicit city_with_signer(signer_mood now = signer_mood::signs) {
    signs->now = now;
    signer = signs;
    start();
  }

  /// The order is offered to the rider, who accepts.
  void assign(const std::string& order, const std::string& rider) {
    begin_shift(rider);
    place(order);
    node->advance(2s);
    tell("rider", rider, "accept", R"({"offer":")" + offer_of(rider).id + R"("})");
  }

  /// `kind.id: number signed`, of all waybills announced.
  std::vector<std::string> papers() const {
    std::vector<std::string> list;
    for (const auto& e : events()) {
      const auto* paper = paper_in(e);
      if (paper != nullptr) {
        list.push_back(std::string{to_string(e.entity.kind)} + "." + e.entity.id + ": " +
                       paper->number + (paper->is_signed() ? " signed" : " unsigned"));
      }
    }
    return list;
  }

  static const signed_waybill* paper_in(const event& e) {
    if (const auto* of_order = std::get_if<order_event>(&e.body)) {
      const auto* issued = std::get_if<waybill_issued>(of_order);
      return issued != nullptr ? &issued->waybill : nullptr;
    }
    if (const auto* of_rider = std::get_if<rider_event>(&e.body)) {
      const auto* received = std::get_if<waybill_received>(of_rider);
      return received != nullptr ? &received->waybill : nullptr;
    }
    return nullptr;
  }

  /// The streams hold what they must, and the log decided again, without a signer, is the same.
  void check() const {
    audit::auditor auditor{
        "dispatch", "z", {.at_rest = true, .signature_of = [this](const signed_waybill& paper) {
                            return signs->key.verify(paper.document, paper.signature)
                                       ? audit::signature_state::good
                                       : audit::signature_state::bad;
                          }}};
    for (const auto& message : streams.in->after(0, SIZE_MAX)) {
      auditor.add_input(message);
    }
    std::uint64_t sequence = 0;
    for (const auto& message : streams.log->all()) {
      auditor.add_record(++sequence, message.body);
    }
    sequence = 0;
    for (const auto& message : streams.out->all()) {
      auditor.add_output(++sequence, message.id, message.subject, message.body);
    }
    const auto report = auditor.finish();
    CHECK_MESSAGE(report.clean(), audit::to_text(report));
    CHECK(2 * (report.waybills_signed + report.waybills_unsigned) == papers().size());

    testing::city_streams empty;
    testing::virtual_node again{{.streams = empty,
                                 .kept = std::make_shared<memory_store>(),
                                 .clock = clock,
                                 .policy = policy,
                                 .scripted = true,
                                 .signer = signs}};
    again.run();
    const auto answers = signs->answers;
    for (const auto& r : records()) {
      again.tell({std::make_shared<const record>(r)});
    }
    CHECK(signs->answers == answers);
    CHECK_MESSAGE(!again.halted(), again.cause());
    const auto original = streams.log->all();
    const auto repeated = empty.log->all();
    REQUIRE(repeated.size() == original.size());
    for (std::size_t i = 0; i < original.size(); ++i) {
      CHECK(repeated[i].body == original[i].body);
    }
  }

  std::shared_ptr<scripted_signer> signs = std::make_shared<scripted_signer>();
};

using list = std::vector<std::string>;
const list signed_at_once = {"order.o1: o1-1 signed", "rider.r1: o1-1 signed"};
const list not_signed = {"order.o1: o1-1 unsigned", "rider.r1: o1-1 unsigned"};

list operator+(list a, const list& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TEST_CASE("an assignment gets a signed waybill, of which the rider hears") {
  city_with_signer city;
  city.assign("o1", "r1");
  CHECK(city.papers() == signed_at_once);
  CHECK(city.node->metrics().waybills_signed == 1);
  const auto announced = city.announced();
  CHECK(std::ranges::count(announced, "order.o1.waybill_issued") == 1);
  CHECK(std::ranges::count(announced, "rider.r1.waybill_received") == 1);
  const auto events = city.events();
  const auto* paper = city_with_signer::paper_in(events.back());
  REQUIRE(paper != nullptr);
  const auto said = wire::decode_waybill(paper->document);
  REQUIRE(said);
  CHECK(said->order == "o1");
  CHECK(said->rider == "r1");
  CHECK(said->station == "s1");
  CHECK(events.back().command_id.empty());
  city.check();
}

TEST_CASE("without a signer there are no waybills") {
  city_with_signer city;
  city.signer = nullptr;
  city.start();
  city.assign("o1", "r1");
  CHECK(city.papers().empty());
  SUBCASE("and with one from the next opening on, those that are under way get theirs") {
    city.signer = city.signs;
    city.start();
    CHECK(city.papers() == signed_at_once);
  }
  city.check();
}

TEST_CASE("a signer that is silent costs the rider 200 ms, and the signature follows") {
  city_with_signer city{signer_mood::is_silent};
  city.assign("o1", "r1");
  CHECK(city.signs->asked() == 1);
  CHECK(city.papers().empty());
  city.node->advance(100ms);
  CHECK(city.papers().empty());
  city.node->advance(100ms);
  CHECK(city.papers() == not_signed);
  SUBCASE("from its late answer") {
    city.signs->now = signer_mood::signs;
    city.signs->answer_all();
    city.node->run();
  }
  SUBCASE("from its next answer") {
    city.signs->now = signer_mood::signs;
    city.node->advance(limits::signer_pause);
  }
  SUBCASE("after a crash") {
    city.crash();
    city.signs->now = signer_mood::signs;
    city.start();
  }
  CHECK(city.papers() == not_signed + signed_at_once);
  city.node->advance(5s);
  CHECK(city.papers().size() == 4);
  city.check();
}

TEST_CASE("a zone that decides commands one at a time hands out waybills as well") {
  city_with_signer city{signer_mood::is_silent};
  city.assign("o1", "r1");
  city.assign("o2", "r2");
  city.node->advance(1s);
  REQUIRE(city.papers().size() == 4);
  city.crash();
  const auto before = city.records().size();
  // The process died of an input.
  REQUIRE(city.kept->write_attempted(attempted_command{command_source::input, {}, 100, before}));
  city.signs->now = signer_mood::signs;
  city.start();
  CHECK(city.node->metrics().careful);
  const auto papers = city.papers();
  CHECK(papers.size() == 8);
  CHECK(std::ranges::count(papers, "order.o1: o1-1 signed") == 1);
  CHECK(std::ranges::count(papers, "order.o2: o2-1 signed") == 1);
  for (const auto& r : city.records()) {
    CHECK((r.number <= before || r.commands.size() <= 1));
  }
  city.check();
}

TEST_CASE("a signer that fails is left alone, and when it recovers all is signed") {
  city_with_signer city{signer_mood::fails};
  city.policy.match_interval = 100ms;
  city.start();
  for (int i = 1; i <= 5; ++i) {
    city.assign("o" + std::to_string(i), "r" + std::to_string(i));
  }
  CHECK(city.papers().size() == 10);
  CHECK(city.node->metrics().waybills_unsigned == 5);
  city.node->advance(10s);
  CHECK(city.node->metrics().signer_out);
  // At most three before it is given up, then one in two seconds.
  const auto failures = city.signs->answers;
  CHECK(failures <= 3 + 20 / 2);
  city.signs->now = signer_mood::signs;
  city.node->advance(5s);
  CHECK_FALSE(city.node->metrics().signer_out);
  CHECK(city.node->metrics().waybills_signed == 5);
  CHECK(city.papers().size() == 20);
  city.check();
}

TEST_CASE("what was delivered with an unsigned waybill is signed when the signer recovers") {
  city_with_signer city{signer_mood::fails};
  city.assign("o1", "r1");
  for (const auto* step : {"arrive", "pick_up", "arrive", "deliver"}) {
    city.tell("rider", "r1", step, R"({"order":"o1"})");
  }
  CHECK(city.count_of("order.o1.delivered") == 1);
  CHECK(city.papers() == not_signed);
  city.signs->now = signer_mood::signs;
  SUBCASE("in the same process") { city.node->advance(limits::signer_pause); }
  SUBCASE("in the next one") {
    city.crash();
    city.start();
  }
  SUBCASE("whose store is empty") {
    city.crash();
    city.kept = std::make_shared<memory_store>();
    city.start();
  }
  CHECK(city.papers() == not_signed + signed_at_once);
  city.start();
  CHECK(city.papers().size() == 4);
  city.check();
}

TEST_CASE("a crash between the assignment and its signature loses no waybill") {
  city_with_signer city{signer_mood::is_silent};
  city.assign("o1", "r1");
  CHECK(city.papers().empty());
  city.crash();
  city.signs->now = signer_mood::signs;
  city.signs->answer_all(); // Nobody is there any more.
  city.start();
  CHECK(city.papers() == signed_at_once);
  city.start();
  CHECK(city.papers() == signed_at_once);
  city.check();
}

TEST_CASE("what is cancelled meanwhile gets no waybill, and another rider gets another one") {
  city_with_signer city{signer_mood::is_silent};
  city.assign("o1", "r1");
  SUBCASE("cancelled") {
    city.tell("order", "o1", "cancel");
    city.signs->now = signer_mood::signs;
    city.signs->answer_all();
    city.node->run();
    city.node->advance(5s);
    CHECK(city.papers().empty());
  }
  SUBCASE("assigned to another rider") {
    city.begin_shift("r2");
    city.tell("order", "o1", "assign.ops", R"({"rider":"r2"})");
    city.node->advance(100ms);
    city.signs->now = signer_mood::signs;
    city.signs->answer_all();
    city.node->run();
    CHECK(city.papers() == list{"order.o1: o1-2 signed", "rider.r2: o1-2 signed"});
  }
  SUBCASE("delivered, while an answer is still to come") {
    for (const auto* step : {"arrive", "pick_up", "arrive", "deliver"}) {
      city.tell("rider", "r1", step, R"({"order":"o1"})");
    }
    city.signs->now = signer_mood::signs;
    city.signs->answer_all();
    city.node->run();
    CHECK(city.papers().empty());
  }
  city.check();
}

TEST_CASE("answers that come during a turn become commands of one turn") {
  city_with_signer city{signer_mood::is_silent};
  for (int i = 1; i <= 4; ++i) {
    city.begin_shift("r" + std::to_string(i));
    city.place("o" + std::to_string(i));
  }
  city.node->advance(2s);
  for (int i = 1; i <= 4; ++i) {
    const auto rider = "r" + std::to_string(i);
    city.send("rider", rider, "accept", R"({"offer":")" + city.offer_of(rider).id + R"("})");
  }
  city.node->run();
  CHECK(city.signs->asked() == 4);
  city.signs->now = signer_mood::signs;
  city.signs->answer_all();
  city.node->run();
  CHECK(city.papers().size() == 8);
  const auto last = city.records().back();
  CHECK(last.commands.size() >= 3); // The first answer begins a turn; the others come meanwhile.
  CHECK(std::ranges::all_of(last.commands, [](const command& c) {
    return c.source == command_source::signer && c.sequence == 0;
  }));
  city.check();
}

} // namespace
