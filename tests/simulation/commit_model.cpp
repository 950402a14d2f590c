#include "tests/simulation/commit_model.hpp"

#include <algorithm>
#include <utility>

namespace dispatch::testing::model {

namespace {

class renaming {
public:
  explicit renaming(const state& s) : from_(s), to_(s) {}

  state run() {
    to_.records = {};
    to_.record_count = 0;
    rename(to_.log);
    rename(to_.out);
    for (auto& o : to_.owners) {
      rename(o.known);
      rename(o.stored_last);
      rename(o.candidate);
    }
    std::ranges::sort(to_.under_way, {}, [&](const request& r) {
      const auto& what = from_.records[r.record];
      return std::array{small{r.record == 0}, r.owner,     r.announces, r.expected, r.awaited,
                        what.epoch,           what.number, r.record};
    });
    for (auto& r : to_.under_way) {
      rename(r.record);
    }
    for (small i = 1; i <= to_.record_count; ++i) {
      rename(to_.records[i].previous); // May add records behind.
    }
    return to_;
  }

private:
  template <std::size_t Size> void rename(std::array<small, Size>& list) {
    for (auto& record : list) {
      rename(record);
    }
  }

  void rename(small& record) {
    if (record == 0) {
      return;
    }
    auto& name = names_[record];
    if (name == 0) {
      name = ++to_.record_count;
      to_.records[name] = from_.records[record];
    }
    record = name;
  }

  const state& from_;
  state to_;
  std::array<small, records_max + 1> names_{};
};

} // namespace

state beginning(const scope& within) {
  state s;
  for (auto& o : s.owners) {
    o.openings = within.openings;
    o.appends = within.appends;
    o.crashes = within.crashes;
  }
  s.duplicates = within.duplicates;
  s.truncations = within.truncations;
  return s;
}

state renamed(const state& s) { return renaming{s}.run(); }

bool sound_log(const state& s) {
  written before;
  for (small i = 0; i < s.log_size; ++i) {
    const auto& r = s.records[s.log[i]];
    const auto fits = r.number == i + 1 && r.previous == (i == 0 ? 0 : s.log[i - 1]) &&
                      r.epoch == before.epoch + r.open && (r.open != 0 || r.owner == before.owner);
    if (!fits) {
      return false;
    }
    before = r;
  }
  return true;
}

std::string violation(const state& s, const scope& within) {
  if (s.wrong_announcement != 0) {
    return "something was announced that is not in the log";
  }
  if (s.truncations < within.truncations) {
    return {}; // An owner who does not know yet may go on: only a reader can find that.
  }
  if (!sound_log(s)) {
    return "the log is no chain of one record a number, written by the owner of its epoch";
  }
  for (const auto& o : s.owners) {
    if (!std::equal(o.known.begin(), o.known.begin() + o.known_size, s.log.begin())) {
      return "a record that was committed is not in the log";
    }
    if (o.now == phase::halted) {
      return "an owner calls for a person, and nothing is wrong";
    }
  }
  return {};
}

} // namespace dispatch::testing::model
