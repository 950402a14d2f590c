// What an audit covers when streams are not whole, and how it says so.

#include "cmd/audit/auditor.hpp"
#include "cmd/audit/findings.hpp"
#include "cmd/audit/older_editions.hpp"
#include "tests/audit/script.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace dispatch;

namespace {

constexpr std::size_t expired = 9;

void add_records(audit::auditor& to, const script::streams& s, std::size_t from = 0) {
  for (auto i = from; i < s.log.size(); ++i) {
    to.add_record(i + 1, s.log[i]);
  }
}
void add_outputs(audit::auditor& to, const script::streams& s, std::size_t from = 0) {
  for (auto i = from; i < s.out.size(); ++i) {
    to.add_output(i + 1, s.out[i].id, s.out[i].subject, s.out[i].body);
  }
}

} // namespace

TEST_CASE("what expired at the front of the output stream is no violation, and is counted") {
  const auto s = script::write(script::good_day());
  for (const auto outputs_first : {true, false}) {
    audit::auditor auditor("dispatch", "z", {.at_rest = true});
    if (!outputs_first) {
      add_records(auditor, s);
    }
    auditor.outputs_begin_at(expired + 1);
    add_outputs(auditor, s, expired);
    if (outputs_first) {
      add_records(auditor, s);
    }
    const auto report = auditor.finish();
    CAPTURE(audit::to_text(report));
    CHECK(report.clean());
    CHECK(report.announced_expired == expired);
    CHECK(report.announced == s.out.size() - expired);
    CHECK(report.out.first == expired + 1);
    CHECK(report.out.last == s.out.size());
  }
}

TEST_CASE("an output stream that was read anew is judged from its new beginning") {
  const auto s = script::write(script::good_day());
  audit::auditor auditor("dispatch", "z", {.at_rest = true});
  auditor.outputs_begin_at(1);
  auditor.add_output(1, s.out[0].id, s.out[0].subject, s.out[0].body);
  auditor.outputs_begin_at(expired + 1);
  add_outputs(auditor, s, expired);
  add_records(auditor, s);
  CHECK(auditor.finish().clean());
}

TEST_CASE("a running zone may announce later") {
  auto s = script::write(script::good_day());
  s.out.resize(s.out.size() - 3);
  audit::auditor auditor("dispatch", "z");
  add_records(auditor, s);
  add_outputs(auditor, s);
  const auto report = auditor.finish();
  CHECK(report.clean());
  CHECK(report.not_yet_announced == 3);
}

TEST_CASE("a log that begins later is judged without lives") {
  const auto s = script::write(script::good_day());
  audit::auditor auditor("dispatch", "z", {.at_rest = true});
  for (const auto& message : s.in) {
    auditor.add_input(message);
  }
  add_records(auditor, s, 4);
  add_outputs(auditor, s);
  const auto report = auditor.finish();
  CAPTURE(audit::to_text(report));
  CHECK(report.clean());
  CHECK_FALSE(report.lives_judged);
  CHECK(report.numbers.first == 5);
  CHECK(audit::to_text(report).find("not judged") != std::string::npos);
}

TEST_CASE("violations are counted beyond those that are listed") {
  auto s = script::write(script::good_day());
  audit::auditor auditor("dispatch", "z", {.at_rest = true, .violations_kept = 2});
  add_records(auditor, s);
  const auto report = auditor.finish();
  CHECK(report.violations.size() == 2);
  CHECK(report.violations_total == s.out.size());
  CHECK(audit::to_text(report).find(std::to_string(s.out.size() - 2) +
                                    " more violations are not listed") != std::string::npos);
}

TEST_CASE("what owners of an older edition broke is told, and does not fail") {
  CHECK(audit::broken_by_edition(1).contains(audit::check::attempts));
  CHECK(audit::broken_by_edition(current_edition).empty());
  audit::audit_report report;
  audit::findings found{report, 100};
  found.take_for_known({audit::check::announcement_missing});
  found.add(audit::check::announcement_missing, 14, "It is not there.");
  CHECK(report.clean());
  CHECK(report.known_violations_total == 1);
  CHECK(report.violations.empty());
  const auto text = audit::to_text(report);
  CHECK(text.find("known         announcement_missing at record 14: ") != std::string::npos);
  CHECK(text.find("VIOLATION") == std::string::npos);
  const auto json = nlohmann::json::parse(audit::to_json(report));
  CHECK(json["verdict"] == "clean");
  CHECK(json["violations_by_check"]["announcement_missing"] == 0);
  CHECK(json["known_violations_total"] == 1);
  CHECK(json["known_violations"][0]["check"] == "announcement_missing");
}

TEST_CASE("the report as text and as JSON") {
  auto s = script::write(script::good_day());
  s.out.pop_back();
  const auto report = script::judge(s);
  const auto text = audit::to_text(report);
  CHECK(text.find("announcement_missing at record 14: ") != std::string::npos);
  CHECK(text.find("1 unknown_entity") != std::string::npos);
  CHECK(text.find("verdict") != std::string::npos);

  const auto json = nlohmann::json::parse(audit::to_json(report));
  CHECK(json["verdict"] == "violated");
  CHECK(json["covered"]["log"]["last"] == 14);
  CHECK(json["covered"]["in"]["first"] == 1);
  CHECK(json["refusals"]["unknown_entity"] == 1);
  CHECK(json["orders"]["delivered"] == 1);
  CHECK(json["orders"]["open"] == 2);
  CHECK(json["violations_by_check"]["announcement_missing"] == 1);
  CHECK(json["violations"][0]["check"] == "announcement_missing");
}
