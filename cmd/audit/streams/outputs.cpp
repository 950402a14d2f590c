#include "cmd/audit/streams/outputs.hpp"

#include "messages/wire/codec.hpp"

#include <algorithm>
#include <charconv>

namespace dispatch::audit {

namespace {

/// Reads a number that ends with `end` or with the text.
bool read_number(std::string_view& text, std::uint64_t& value) {
  const auto token = text.substr(0, text.find('/'));
  const auto* last = token.data() + token.size();
  const auto [stop, error] = std::from_chars(token.data(), last, value);
  if (error != std::errc{} || stop != last || std::to_string(value) != token) {
    return false;
  }
  text.remove_prefix(std::min(text.size(), token.size() + 1));
  return true;
}

} // namespace

/// An id is zone/epoch/number/index.
std::optional<output_check::announcement> output_check::parse(std::string_view id) const {
  announcement a;
  if (!id.starts_with(zone_ + "/") || std::ranges::count(id, '/') != 3) {
    return std::nullopt;
  }
  id.remove_prefix(zone_.size() + 1);
  if (!read_number(id, a.epoch) || !read_number(id, a.at.number) || !read_number(id, a.at.index)) {
    return std::nullopt;
  }
  return a;
}

std::string output_check::id_of(const announcement& a) const {
  return zone_ + "/" + std::to_string(a.epoch) + "/" + std::to_string(a.at.number) + "/" +
         std::to_string(a.at.index);
}

void output_check::add_record(const record& r, std::span<const std::string> encoded_events) {
  announcement next{{r.number, 0}, r.epoch, 0, 0};
  const auto want = [&](const std::string& subject, std::string_view body,
                        std::string_view as_recorded) {
    next.subject_hash = wire::fast_hash(subject);
    next.body_hash = wire::fast_hash(body);
    next.recorded_hash = wire::fast_hash(as_recorded);
    wanted_.push_back(next);
    ++next.at.index;
  };
  for (std::size_t i = 0; i < r.events.size() && i < encoded_events.size(); ++i) {
    const auto& e = r.events[i];
    if (announced(e.body)) {
      want(names_.event(zone_, e.entity, event_name(e.body)),
           wire::announced_form(e, encoded_events[i]), encoded_events[i]);
    }
  }
  for (const auto& letter : r.dead_letters) {
    const auto body = wire::encode_dead_letter(letter);
    want(names_.dead_letter(zone_, letter.reason), body, body);
  }
  first_record_ = first_record_ == 0 ? r.number : first_record_;
  last_record_ = std::max(last_record_, r.number);
  match(false);
}

void output_check::begin_at(std::uint64_t sequence) {
  begin_ = sequence;
  report_.out = {sequence, sequence - 1};
  out_.clear();
}

void output_check::add_message(std::uint64_t sequence, std::string_view id,
                               std::string_view subject, std::string_view body) {
  const auto out = parse(id);
  const auto expected = report_.out.empty() ? begin_ : report_.out.last + 1;
  if (sequence != expected) {
    found_.add(check::output_sequence, out ? out->at.number : 0,
               "OUT sequence " + std::to_string(sequence) + " comes where " +
                   std::to_string(expected) + " was expected.");
  }
  report_.out = {report_.out.empty() ? sequence : report_.out.first, sequence};
  if (!out) {
    found_.add(check::announcement_foreign, 0,
               "OUT sequence " + std::to_string(sequence) + " has the id \"" + std::string{id} +
                   "\", which is no announcement's.");
    return;
  }
  out_.push_back(*out);
  out_.back().subject_hash = wire::fast_hash(subject);
  out_.back().body_hash = wire::fast_hash(body);
  match(false);
}

void output_check::match(bool all_fed) {
  while (!out_.empty() && match_front(all_fed)) {
  }
}

/// Deals with the first message that is out; false when that needs more of the log.
bool output_check::match_front(bool all_fed) {
  const auto& out = out_.front();
  if (!all_fed && (last_record_ == 0 || out.at.number > last_record_)) {
    return false;
  }
  if (out.at.number < first_record_) { // of a record that the log does not keep any more
    out_.pop_front();
    return true;
  }
  if (wanted_.empty() || out.at < wanted_.front().at || !in_log(out)) {
    reject_front();
    return true;
  }
  while (wanted_.front().at < out.at) {
    if (begin_ > 1 && !matched_) {
      ++report_.announced_expired;
      wanted_.pop_front();
    } else {
      miss_front();
    }
  }
  compare(wanted_.front(), out);
  matched_ = out.at;
  wanted_.pop_front();
  out_.pop_front();
  return true;
}

bool output_check::in_log(const announcement& out) const {
  const auto wanted = std::ranges::lower_bound(wanted_, out.at, {}, &announcement::at);
  return wanted != wanted_.end() && wanted->at == out.at && wanted->epoch == out.epoch;
}

void output_check::compare(const announcement& wanted, const announcement& out) {
  if (wanted.subject_hash != out.subject_hash) {
    found_.add(check::announcement_changed, out.at.number,
               "The announcement " + id_of(out) + " has another subject than its event.");
  }
  if (wanted.body_hash != out.body_hash && wanted.recorded_hash != out.body_hash) {
    found_.add(check::announcement_changed, out.at.number,
               "The announcement " + id_of(out) + " has another body than the log.");
  }
  ++report_.announced;
}

void output_check::reject_front() {
  const auto& out = out_.front();
  if (missed_.contains(out.at)) {
    found_.add(check::announcement_order, out.at.number,
               "The announcement " + id_of(out) + " comes after one that follows it in the log.");
  } else if (matched_ && out.at <= *matched_) {
    found_.add(check::announcement_repeated, out.at.number,
               "The announcement id " + id_of(out) + " is in OUT again.");
  } else {
    found_.add(check::announcement_foreign, out.at.number,
               "OUT holds " + id_of(out) + ", which the log does not announce.");
  }
  out_.pop_front();
}

void output_check::miss_front() {
  const auto& wanted = wanted_.front();
  found_.add(check::announcement_missing, wanted.at.number,
             "The announcement " + id_of(wanted) + " is not in OUT, though a later one is.");
  missed_.insert(wanted.at);
  wanted_.pop_front();
}

void output_check::finish(bool at_rest) {
  match(true);
  if (begin_ > 1 && !matched_) {
    report_.announced_expired += wanted_.size();
    return;
  }
  report_.not_yet_announced = wanted_.size();
  if (at_rest) {
    for (const auto& wanted : wanted_) {
      found_.add(check::announcement_missing, wanted.at.number,
                 "The announcement " + id_of(wanted) + " is not in OUT.");
    }
  }
}

} // namespace dispatch::audit
