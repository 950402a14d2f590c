#include "actors/commit_log/append_verdict.hpp"
#include "tests/simulation/commit_model.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace dispatch::testing::model {

namespace {

small plus(small a, int b) { return static_cast<small>(a + b); }

/// All steps of one state.
class stepper {
public:
  stepper(const state& s, const scope& within) : before_(s), scope_(within) {}

  std::vector<successor> all() {
    for (small i = 0; i < owners_max; ++i) {
      steps_of(i);
    }
    for (small i = 0; i < under_way_max; ++i) {
      if (before_.under_way[i].record != 0) {
        arrive(i);
      }
    }
    for (small lost = 1; before_.truncations > 0 && lost <= before_.log_size; ++lost) {
      auto s = before_;
      --s.truncations;
      s.log_size = plus(s.log_size, -lost);
      std::fill(s.log.begin() + s.log_size, s.log.end(), small{0});
      add(owners_max, "the log loses records", s);
    }
    return std::move(list_);
  }

private:
  void add(small who, const char* what, const state& s) {
    list_.push_back({who, what, renamed(s)});
  }

  /// False when there is no room for another request or record.
  bool send(state& s, small who, small record, small expected, bool announces) const {
    const auto free = std::ranges::find(s.under_way, small{0}, &request::record);
    if (free == s.under_way.end()) {
      return false;
    }
    *free = {record, who, expected, small{announces}, small{!announces}};
    return true;
  }

  static void stop_waiting(state& s, small who) {
    for (auto& r : s.under_way) {
      if (r.owner == who) {
        r.awaited = 0;
      }
    }
    s.owners[who].answered = s.owners[who].answer = 0;
  }

  static void learn(owner& o, small record) {
    o.known[o.known_size++] = record;
    o.stored_size = o.known_size;
    o.stored_last = record;
  }

  void steps_of(small who) {
    const auto& o = before_.owners[who];
    switch (o.now) {
    case phase::down:
      read_log(who);
      break;
    case phase::ready:
      append_new(who, true);
      break;
    case phase::opening:
    case phase::appending:
      if (o.answered != 0) {
        hear(who,
             {o.answered == 1 ? append_outcome::stored : append_outcome::conflict, o.answer, {}},
             "hears the answer");
      }
      hear(who, {append_outcome::unknown, 0, {}}, "hears nothing");
      break;
    case phase::reading_back:
      read_back(who);
      break;
    case phase::checking:
      check_announced(who);
      break;
    case phase::idle:
      append_new(who, false);
      break;
    case phase::looking:
      look(who);
      break;
    case phase::repeating:
      repeat(who);
      break;
    case phase::fenced:
    case phase::halted:
      break;
    }
    announce(who);
    if (o.now != phase::down && o.crashes > 0) {
      auto s = before_;
      auto& c = s.owners[who];
      stop_waiting(s, who);
      c.now = phase::down;
      --c.crashes;
      c.epoch = c.known_size = c.candidate = c.opened_late = 0;
      c.known = {};
      add(who, "crashes", s);
    }
  }

  void read_log(small who) {
    if (before_.owners[who].openings == 0) {
      return;
    }
    auto s = before_;
    auto& o = s.owners[who];
    --o.openings;
    const auto lost = o.stored_size > s.log_size ||
                      (o.stored_size > 0 && s.log[o.stored_size - 1] != o.stored_last);
    const auto announced_more =
        s.out_size > s.log_size || (s.out_size > 0 && s.records[s.out[s.out_size - 1]].epoch !=
                                                          s.records[s.log[s.out_size - 1]].epoch);
    if (lost || announced_more || !sound_log(s)) {
      o.now = phase::halted;
      add(who, "finds the streams damaged", s);
      return;
    }
    o.known = s.log;
    o.known_size = o.stored_size = s.log_size;
    o.stored_last = s.log_size == 0 ? small{0} : s.log[s.log_size - 1];
    o.epoch = s.log_size == 0 ? small{0} : s.records[o.stored_last].epoch;
    o.opened_late = small{s.truncations < scope_.truncations};
    o.now = phase::ready;
    add(who, "reads the log", s);
  }

  void append_new(small who, bool open) {
    auto s = before_;
    auto& o = s.owners[who];
    if (o.known_size >= scope_.log || s.record_count >= records_max || (!open && o.appends == 0)) {
      return;
    }
    o.appends = plus(o.appends, open ? 0 : -1);
    o.candidate = ++s.record_count;
    s.records[o.candidate] = {who, plus(o.epoch, open ? 1 : 0), plus(o.known_size, 1),
                              o.known_size == 0 ? small{0} : o.known[o.known_size - 1],
                              small{open}};
    o.now = open ? phase::opening : phase::appending;
    if (send(s, who, o.candidate, o.known_size, false)) {
      add(who, open ? "sends OPEN" : "appends", s);
    }
  }

  void repeat(small who) {
    auto s = before_;
    auto& o = s.owners[who];
    if (o.appends == 0) {
      return;
    }
    --o.appends;
    o.now = phase::appending;
    if (send(s, who, o.candidate, o.known_size, false)) {
      add(who, "appends again", s);
    }
  }

  void hear(small who, const append_result& answer, const char* what) {
    auto s = before_;
    stop_waiting(s, who);
    if (s.owners[who].now == phase::opening) {
      s.owners[who].now = phase::reading_back; // Whatever the answer is.
    } else if (scope_.without == flaw::unknown_taken_for_stored &&
               answer.outcome == append_outcome::unknown) {
      follow(s, who, append_verdict::committed);
    } else {
      follow(s, who, judge_answer(answer, s.owners[who].known_size));
    }
    add(who, what, s);
  }

  void look(small who) {
    auto s = before_;
    const auto& o = s.owners[who];
    std::optional<found_behind_tail> found;
    if (s.log_size > o.known_size) {
      const auto record = s.log[o.known_size];
      found = {record == o.candidate, s.records[record].epoch};
    }
    follow(s, who, judge_behind(found, o.epoch));
    add(who, "looks behind its tail", s);
  }

  static void follow(state& s, small who, append_verdict verdict) {
    auto& o = s.owners[who];
    switch (verdict) {
    case append_verdict::committed:
      learn(o, std::exchange(o.candidate, small{0}));
      o.now = phase::idle;
      return;
    case append_verdict::look:
      o.now = phase::looking;
      return;
    case append_verdict::again:
    case append_verdict::wait:
      o.now = phase::repeating;
      return;
    case append_verdict::fenced:
      o.now = phase::fenced;
      return;
    case append_verdict::misplaced:
    case append_verdict::regressed:
    case append_verdict::foreign:
      o.now = phase::halted;
    }
  }

  void read_back(small who) {
    auto s = before_;
    auto& o = s.owners[who];
    if (s.log_size <= o.known_size || s.log[o.known_size] != o.candidate) {
      o.now = phase::down;
      o.epoch = o.known_size = o.candidate = o.opened_late = 0;
      o.known = {};
      add(who, "does not find its OPEN", s);
      return;
    }
    learn(o, std::exchange(o.candidate, small{0}));
    while (scope_.without == flaw::opener_adopts_what_follows && o.known_size < s.log_size) {
      learn(o, s.log[o.known_size]);
    }
    o.epoch = s.records[o.known[o.known_size - 1]].epoch;
    o.now = phase::checking;
    add(who, "finds its OPEN", s);
  }

  void check_announced(small who) {
    auto s = before_;
    auto& o = s.owners[who];
    const auto overtaken = s.out_size > o.known_size;
    o.now = !overtaken ? phase::idle : s.log_size > o.known_size ? phase::fenced : phase::halted;
    add(who, "compares what is announced", s);
  }

  /// What comes next behind the output stream, once at a time. Being fenced does not end it.
  void announce(small who) {
    const auto& o = before_.owners[who];
    const auto announces = scope_.announces && o.now >= phase::idle && o.now != phase::halted;
    const auto busy = std::ranges::any_of(before_.under_way, [&](const request& r) {
      return r.record != 0 && r.owner == who && r.announces != 0;
    });
    if (!announces || busy || before_.out_size >= o.known_size) {
      return;
    }
    auto s = before_;
    if (send(s, who, o.known[s.out_size], s.out_size, true)) {
      add(who, "announces", s);
    }
  }

  void arrive(small which) {
    const auto r = before_.under_way[which];
    auto s = before_;
    s.under_way[which] = {};
    r.announces != 0 ? store_announcement(s, r) : store(s, r);
    add(r.owner, r.announces != 0 ? "has an announcement arrive" : "has an append arrive", s);
    if (before_.duplicates > 0) {
      --s.duplicates;
      s.under_way[which] = r;
      s.under_way[which].awaited = 0;
      add(r.owner, "has a request arrive that will once more", s);
    }
  }

  void store(state& s, const request& r) const {
    const auto same_id = [&](small other) {
      const auto& a = s.records[r.record];
      const auto& b = s.records[other];
      return scope_.without == flaw::ids_without_content
                 ? a.epoch == b.epoch && a.number == b.number
                 : other == r.record;
    };
    const auto known = std::find_if(s.log.begin(), s.log.begin() + s.log_size, same_id);
    small answered = 2;
    small answer = s.log_size;
    if (scope_.server_remembers_ids && known != s.log.begin() + s.log_size) {
      answered = 1;
      answer = static_cast<small>(known - s.log.begin() + 1);
    } else if ((s.log_size == r.expected ||
                scope_.without == flaw::append_without_expected_sequence) &&
               s.log_size < log_max) {
      s.log[s.log_size++] = r.record;
      answered = 1;
      answer = s.log_size;
    }
    if (r.awaited != 0) {
      s.owners[r.owner].answered = answered;
      s.owners[r.owner].answer = answer;
    }
  }

  void store_announcement(state& s, const request& r) const {
    if ((s.out_size != r.expected && scope_.without != flaw::announce_without_expected_sequence) ||
        s.out_size >= log_max) {
      return;
    }
    const auto in_log = s.out_size < s.log_size && s.log[s.out_size] == r.record;
    const auto excused = s.truncations < scope_.truncations && s.owners[r.owner].opened_late == 0;
    s.out[s.out_size++] = r.record;
    s.wrong_announcement = small{s.wrong_announcement != 0 || (!in_log && !excused)};
  }

  const state& before_;
  const scope& scope_;
  std::vector<successor> list_;
};

} // namespace

std::vector<successor> successors(const state& s, const scope& within) {
  return stepper{s, within}.all();
}

} // namespace dispatch::testing::model
