#include "tests/simulation/commit_model.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <iostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

/// Every interleaving of the commit protocol in a small scope.
namespace {

using namespace dispatch::testing;
using model::flaw;
using model::scope;
using model::state;

static_assert(std::has_unique_object_representations_v<state>);

/// Depth first, each state once. The protocol always makes progress, so no path meets a state
/// twice.
class search {
public:
  explicit search(scope within) : scope_(within) {}

  /// The first violation with the steps that lead to it; empty: there is none.
  std::string run() {
    interleavings_ = visit(model::beginning(scope_));
    return found_;
  }

  std::size_t states() const { return paths_from_.size(); }
  std::uint64_t steps() const { return steps_; }
  double interleavings() const { return interleavings_; }
  std::uint64_t broken_logs() const { return broken_logs_; }

  void print(const std::string& what) const {
    std::cout << what << ": " << states() << " states, " << steps_ << " steps, " << interleavings_
              << " interleavings, " << broken_logs_ << " states with a forked log\n";
  }

private:
  /// Number of ways to go on to the end.
  double visit(const state& s) {
    const auto digest =
        std::hash<std::string_view>{}({reinterpret_cast<const char*>(&s), sizeof s});
    if (const auto known = paths_from_.find(digest); known != paths_from_.end()) {
      return known->second;
    }
    if (const auto wrong = model::violation(s, scope_); !wrong.empty()) {
      found_ = wrong;
      for (const auto& [who, step] : path_) {
        found_ += std::string{"; "} + "AB-"[who] + " " + step;
      }
      return 0;
    }
    broken_logs_ += model::sound_log(s) ? 0U : 1U;
    double paths = 0;
    const auto next = model::successors(s, scope_);
    for (const auto& n : next) {
      ++steps_;
      path_.emplace_back(n.who, n.step);
      paths += visit(n.after);
      path_.pop_back();
      if (!found_.empty()) {
        return 0;
      }
    }
    paths = next.empty() ? 1 : paths;
    paths_from_.emplace(digest, paths);
    return paths;
  }

  scope scope_;
  std::unordered_map<std::uint64_t, double> paths_from_; ///< by the hash of the state
  std::vector<std::pair<model::small, const char*>> path_;
  std::uint64_t steps_ = 0;
  std::uint64_t broken_logs_ = 0;
  double interleavings_ = 0;
  std::string found_;
};

void expect_sound(const std::string& what, const scope& within) {
  search all{within};
  CHECK(all.run() == "");
  all.print(what);
}

TEST_CASE("no interleaving of two owners breaks the commit protocol") {
  // Each counts for both owners. Crashes and repeated requests multiply states, so not all at once.
  expect_sound("crashes", {.appends = 2, .crashes = 1, .duplicates = 0, .announces = false});
  expect_sound("repeated requests", {.appends = 2, .crashes = 0, .announces = false});
  expect_sound("announcements, message ids remembered",
               {.appends = 1, .crashes = 0, .server_remembers_ids = true});
}

TEST_CASE("who opens a log that has lost its end announces nothing that it does not hold") {
  expect_sound("a lost end, message ids remembered", {.appends = 1,
                                                      .crashes = 0,
                                                      .duplicates = 0,
                                                      .truncations = 1,
                                                      .server_remembers_ids = true});
}

TEST_CASE("no interleaving does in a wider scope" * doctest::skip(true)) { // nightly
  expect_sound("crashes and announcements", {.appends = 1, .crashes = 1, .duplicates = 0});
  expect_sound("crashes and a lost end",
               {.appends = 2, .duplicates = 0, .truncations = 1, .announces = false});
  expect_sound("crashes and repeated requests", {.appends = 2, .announces = false});
}

TEST_CASE("the search finds what each part of the protocol is for") {
  const auto found = [](scope within, flaw without) {
    within.without = without;
    return search{within}.run();
  };
  const scope calm{.appends = 1, .crashes = 0, .duplicates = 0};
  CHECK(found(calm, flaw::none).empty());
  CHECK_FALSE(found(calm, flaw::append_without_expected_sequence).empty());
  CHECK_FALSE(found(calm, flaw::announce_without_expected_sequence).empty());
  CHECK_FALSE(found(calm, flaw::opener_adopts_what_follows).empty());
  CHECK_FALSE(found(calm, flaw::unknown_taken_for_stored).empty());
  const scope lossy{
      .appends = 1, .crashes = 0, .duplicates = 0, .truncations = 1, .server_remembers_ids = true};
  CHECK_FALSE(found(lossy, flaw::ids_without_content).empty());
}

} // namespace
