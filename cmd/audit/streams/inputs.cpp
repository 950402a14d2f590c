#include "cmd/audit/streams/inputs.hpp"

#include "cmd/audit/answers/intake.hpp"
#include "messages/limits.hpp"
#include "messages/wire/codec.hpp"
#include "messages/wire/subjects.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace dispatch::audit {

namespace {

/// The hash that a record keeps of the input at its position: over the body, seeded by the hash of
/// the message id, seeded by the sequence and the stream's time in microseconds.
std::uint64_t fingerprint_of(const stored_message& message) {
  const auto time = static_cast<std::uint64_t>(message.stored_at.time_since_epoch().count());
  return wire::fast_hash(message.body, wire::fast_hash(message.id, message.sequence ^ time));
}

/// Inputs that are remembered, in case an opening goes back: no stream loses more of its end.
constexpr std::size_t consumed_kept = 1'000'000;

bool has_own_id(const command& c) { return c.id != std::to_string(c.sequence); }

bool is_input(const command& c) { return c.source == command_source::input; }

/// Whether the event only answers a command, without an effect.
bool only_answers(const event& e) {
  return std::holds_alternative<command_refused>(e.body) ||
         std::holds_alternative<command_repeated>(e.body);
}

std::string name_of(const command& c) {
  return "the command " + c.id + " of input " + std::to_string(c.sequence);
}

/// An id belongs to the entity that the command is for.
std::string key_of(std::string_view command_id, const entity_ref& target) {
  std::string key{command_id};
  return key.append(" ").append(to_string(target.kind)).append(" ").append(target.id);
}

} // namespace

void input_check::add_message(const stored_message& message) {
  expectation e;
  e.id = message.id.empty() ? std::to_string(message.sequence) : message.id;
  e.subject = message.subject;
  e.command_hash = wire::fast_hash(message.body, wire::fast_hash(message.subject));
  e.body_hash = wire::fast_hash(message.body);
  e.fingerprint = fingerprint_of(message);
  messages_.insert_or_assign(message.sequence, std::move(e));
  if (report_.in.empty()) {
    report_.in = {message.sequence, message.sequence};
  } else {
    report_.in.first = std::min(report_.in.first, message.sequence);
    report_.in.last = std::max(report_.in.last, message.sequence);
  }
}

void input_check::add(const record& r) {
  if (!position_) {
    whole_log_ = r.number == 1;
  }
  go_back(r);
  if (lost_.skip(r, position_)) {
    position_ = r.input_position;
    fingerprint_ = r.input_fingerprint;
  }
  check_positions(r);
  check_fingerprint(r);
  join(r);
  check_outcomes(r);
  check_intake(found_, r);
  check_consumed_again(r);
  forget(r);
  check_effects(r);
  check_repeats(r);
  remember(r);
}

void input_check::finish() {
  lost_.finish(found_);
  for (auto& [sequence, d] : doubts_) {
    found_.add(check::input_joined, d.record, std::move(d.sentence));
  }
  doubts_.clear();
}

/// An opener finds that the stream has lost its end: what was consumed behind is not there any
/// more, and its sequences are used again.
void input_check::go_back(const record& r) {
  if (r.kind != record_kind::open || !position_ || r.input_position >= *position_) {
    return;
  }
  position_ = r.input_position;
  fingerprint_ = r.input_fingerprint;
  doubts_.erase(doubts_.upper_bound(r.input_position), doubts_.end());
  ++report_.inputs_lost;
}

void input_check::check_positions(const record& r) {
  std::vector<std::uint64_t> consumed;
  for (const auto& c : r.commands) {
    if (is_input(c)) {
      if (!consumed.empty() && c.sequence < consumed.back()) {
        found_.add(check::input_once, r.number,
                   "Input " + std::to_string(c.sequence) + " is applied after input " +
                       std::to_string(consumed.back()) + ".");
      }
      consumed.push_back(c.sequence);
    }
  }
  for (const auto& letter : r.dead_letters) {
    if (letter.sequence > 0) { // 0: a position or a deadline that could not be handled
      consumed.push_back(letter.sequence);
    }
  }
  std::ranges::sort(consumed);
  // A log that begins later says with its first inputs where it begins.
  auto expected = position_.value_or(whole_log_         ? 0
                                     : consumed.empty() ? r.input_position
                                                        : consumed.front() - 1);
  for (const auto sequence : consumed) {
    if (sequence <= expected) {
      found_.add(check::input_once, r.number,
                 "Input " + std::to_string(sequence) + " is consumed a second time.");
      continue;
    }
    if (sequence != expected + 1) {
      found_.add(check::input_once, r.number,
                 "Input " + std::to_string(expected + 1) + " is skipped: input " +
                     std::to_string(sequence) + " is consumed next.");
    }
    expected = sequence;
  }
  if (r.input_position != expected) {
    found_.add(check::input_position, r.number,
               "Its input position is " + std::to_string(r.input_position) +
                   " where inputs up to " + std::to_string(expected) + " have been consumed.");
  }
}

void input_check::check_fingerprint(const record& r) {
  const auto moved = !position_ || r.input_position != *position_;
  const auto message = messages_.find(r.input_position);
  if (!moved && r.input_fingerprint != fingerprint_) {
    found_.add(check::input_joined, r.number,
               "The input fingerprint changes where the input position does not.");
  }
  if (moved && message != messages_.end() && message->second.fingerprint != r.input_fingerprint) {
    doubts_.try_emplace(
        r.input_position,
        doubt{r.number, "The message at input " + std::to_string(r.input_position) +
                            " does not have the fingerprint of what was consumed."});
  }
  position_ = r.input_position;
  fingerprint_ = r.input_fingerprint;
}

void input_check::join(const record& r) {
  const auto join_one = [&](std::uint64_t sequence, const auto& fits,
                            const std::string& otherwise) {
    const auto message = messages_.find(sequence);
    if (message == messages_.end()) {
      return;
    }
    if (fits(message->second)) {
      messages_.erase(message);
      ++report_.inputs_joined;
    } else {
      doubts_.try_emplace(sequence, doubt{r.number, otherwise});
    }
  };
  for (const auto& c : r.commands) {
    if (is_input(c)) {
      join_one(
          c.sequence, [&](const expectation& message) { return is_of(c, message); },
          name_of(c) + " is not what the message there says.");
    }
  }
  for (const auto& letter : r.dead_letters) {
    // Of a command that made its actor throw, only the target is kept.
    join_one(
        letter.sequence,
        [&](const expectation& message) {
          return letter.reason == "poison" || letter.hash == message.body_hash;
        },
        "The dead letter of input " + std::to_string(letter.sequence) +
            " is not about the message there.");
  }
}

bool input_check::is_of(const command& c, const expectation& message) const {
  const auto subject = wire::parse_command_subject(root_, message.subject);
  return subject && subject->target == c.target && subject->by == c.by &&
         subject->verb == wire::verb_of(c.body) && message.id == c.id &&
         message.command_hash == c.body_hash;
}

/// A stream that lost its end gets other messages at the same sequences, with times of their own.
void input_check::check_consumed_again(const record& r) {
  for (const auto& c : r.commands) {
    if (is_input(c)) {
      note_consumed(c.sequence, {r.number, c.at, c.body_hash});
    }
  }
  for (const auto& letter : r.dead_letters) {
    if (letter.sequence > 0) {
      note_consumed(letter.sequence, {r.number, letter.at, letter.hash});
    }
  }
}

void input_check::note_consumed(std::uint64_t sequence, const consumption& taken) {
  const auto [known, is_new] = consumed_.try_emplace(sequence, taken);
  if (is_new) {
    if (consumed_.size() > consumed_kept) {
      consumed_.erase(consumed_.begin());
    }
    return;
  }
  if (known->second.stored_at == taken.stored_at && known->second.hash == taken.hash) {
    found_.add(check::input_once, taken.record,
               "Input " + std::to_string(sequence) + " was consumed by record " +
                   std::to_string(known->second.record) +
                   ", is still what it was, and is consumed again.");
  }
  known->second = taken;
}

/// Each input command needs an event of its own, at its target.
void input_check::check_outcomes(const record& r) {
  std::unordered_map<std::string, std::uint64_t> answers;
  for (const auto& e : r.events) {
    if (!e.command_id.empty()) {
      ++answers[key_of(e.command_id, e.entity)];
    }
  }
  for (const auto& c : r.commands) {
    if (!is_input(c)) {
      continue;
    }
    auto& left = answers[key_of(c.id, c.target)];
    if (left == 0) {
      found_.add(check::command_outcome, r.number, name_of(c) + " has no outcome.");
      continue;
    }
    --left;
  }
}

void input_check::check_effects(const record& r) {
  struct usage {
    const command* first = nullptr;
    std::uint64_t commands = 0;
    std::uint64_t answers = 0;
    bool effect = false;
    bool decided = false; ///< not all of them were refused at the intake
  };
  std::unordered_map<std::string, usage> used;
  std::unordered_map<std::string_view, std::set<std::string>> keys_of_ids;
  for (const auto& c : r.commands) {
    if (is_input(c)) {
      const auto key = key_of(c.id, c.target);
      keys_of_ids[c.id].insert(key);
      auto& u = used[key];
      u.first = u.first == nullptr ? &c : u.first;
      ++u.commands;
      u.decided = u.decided || c.refused_at_intake == refusal::none;
    }
  }
  for (const auto& e : r.events) {
    if (e.command_id.empty()) {
      continue;
    }
    const auto keys = keys_of_ids.find(e.command_id);
    if (keys == keys_of_ids.end()) {
      found_.add(check::event_cause, r.number,
                 "An event of " + std::string{to_string(e.entity.kind)} + " " + e.entity.id +
                     " names the command " + e.command_id + ", which the record does not hold.");
      continue;
    }
    // An event of another entity does not tell which of several commands it follows from.
    auto own = used.find(key_of(e.command_id, e.entity));
    if (own == used.end() && keys->second.size() == 1) {
      own = used.find(*keys->second.begin());
    }
    if (own != used.end()) {
      own->second.answers += only_answers(e) ? 1U : 0U;
      own->second.effect = own->second.effect || !only_answers(e);
    }
  }
  for (const auto& [key, u] : used) {
    const auto& id = u.first->id;
    if (u.effect && !u.decided) {
      found_.add(check::intake_refusal, r.number,
                 "The command " + id + " was refused at the intake and has an effect.");
    }
    const auto before = applied_.find(key);
    if (u.effect && has_own_id(*u.first) && before != applied_.end()) {
      found_.add(check::command_once, r.number,
                 "The command " + id + " took effect in record " +
                     std::to_string(before->second.record) + " and takes effect again.");
    } else if (u.effect && u.commands > u.answers + 1) {
      found_.add(check::command_once, r.number,
                 "The command " + id + " takes effect twice in one record.");
    }
  }
}

/// What is answered as repeated must have been applied before.
void input_check::check_repeats(const record& r) {
  std::unordered_map<std::string, std::uint64_t> commands;
  for (const auto& c : r.commands) {
    ++commands[key_of(c.id, c.target)];
  }
  for (const auto& e : r.events) {
    const auto* repeated = std::get_if<command_repeated>(&e.body);
    if (repeated == nullptr || !whole_log_ || forgot_) {
      continue;
    }
    const auto key = key_of(e.command_id, e.entity);
    const auto first = applied_.find(key);
    const auto known = repeated->record == 0
                           ? commands[key] > 1
                           : first != applied_.end() && first->second.record == repeated->record;
    if (!known) {
      found_.add(check::command_outcome, r.number,
                 "The command " + e.command_id +
                     " is answered as repeated, but was not applied where the answer says.");
    }
  }
  for (const auto& c : r.commands) {
    if (is_input(c) && !has_own_id(c)) {
      check_without_id(r, c);
    }
  }
}

/// Its number is no name: nobody has used it before, whatever others call their commands.
void input_check::check_without_id(const record& r, const command& c) {
  const auto as_known = std::ranges::any_of(r.events, [&](const event& e) {
    const auto* refused = std::get_if<command_refused>(&e.body);
    return e.command_id == c.id && e.entity == c.target &&
           (std::holds_alternative<command_repeated>(e.body) ||
            (refused != nullptr && refused->code == refusal::id_reused));
  });
  if (as_known) {
    found_.add(check::command_outcome, r.number,
               name_of(c) + " came without an id and is answered as if its id had been used.");
  }
}

/// By the stream's time, which no owner's clock can change.
void input_check::forget(const record& r) {
  for (const auto& c : r.commands) {
    newest_input_ = is_input(c) ? std::max(newest_input_, c.at) : newest_input_;
  }
  while (!oldest_first_.empty() &&
         (oldest_first_.front().second + limits::dedupe_horizon < newest_input_ ||
          oldest_first_.size() > limits::applied_ids_max)) {
    applied_.erase(oldest_first_.front().first);
    oldest_first_.pop_front();
    forgot_ = true;
  }
}

void input_check::remember(const record& r) {
  std::unordered_map<std::string, std::int64_t> decided;
  for (const auto& c : r.commands) {
    decided[key_of(c.id, c.target)] += c.refused_at_intake == refusal::none ? 1 : 0;
  }
  for (const auto& e : r.events) {
    const auto* refused = std::get_if<command_refused>(&e.body);
    if (refused != nullptr &&
        (refused->code == refusal::paused || refused->code == refusal::id_reused)) {
      --decided[key_of(e.command_id, e.entity)];
    }
  }
  for (const auto& c : r.commands) {
    auto key = key_of(c.id, c.target);
    if (is_input(c) && has_own_id(c) && decided.at(key) > 0 &&
        applied_.try_emplace(key, first_outcome{r.number, c.at}).second) {
      oldest_first_.emplace_back(std::move(key), c.at);
    }
  }
}

} // namespace dispatch::audit
