#include "cmd/audit/streams/chain.hpp"

#include "messages/wire/codec.hpp"

#include <string>
#include <utility>

namespace dispatch::audit {

namespace {

const zone_opened* opened_by(const record& r) {
  if (r.events.empty()) {
    return nullptr;
  }
  const auto* body = std::get_if<zone_event>(&r.events.front().body);
  return body == nullptr ? nullptr : std::get_if<zone_opened>(body);
}

} // namespace

void chain_check::add(std::uint64_t log_sequence, std::string_view bytes, const record* r) {
  if (before_ && log_sequence != before_->log_sequence + 1) {
    wrong(check::log_sequence, r == nullptr ? 0 : r->number,
          "log sequence " + std::to_string(log_sequence) + " follows " +
              std::to_string(before_->log_sequence) + ".");
  }
  link here;
  here.log_sequence = log_sequence;
  here.hash = wire::hash_of(bytes);
  if (r == nullptr) {
    sound_ = false;
    // The next record is judged as if one of the expected number had stood here.
    if (before_) {
      here.number = before_->number + 1;
      here.epoch = before_->epoch;
      here.now = before_->now;
      before_ = here;
    }
    return;
  }
  if (before_) {
    check_next(*r);
  } else if (log_sequence == 1) {
    check_first(*r);
  }
  check_opening(*r);
  here.number = r->number;
  here.epoch = r->epoch;
  here.now = r->now;
  before_ = here;
}

void chain_check::wrong(check which, std::uint64_t record, std::string sentence) {
  sound_ = false;
  found_.add(which, record, std::move(sentence));
}

void chain_check::check_first(const record& r) {
  if (r.number != 1) {
    wrong(check::record_number, r.number,
          "The log begins with record " + std::to_string(r.number) + " instead of 1.");
  }
  if (r.previous != record_hash{}) {
    wrong(check::hash_chain, r.number, "The first record names a record before it.");
  }
  if (r.kind != record_kind::open || r.epoch != 1) {
    wrong(check::epoch, r.number, "The first record does not open epoch 1.");
  }
}

void chain_check::check_next(const record& r) {
  if (r.number != before_->number + 1) {
    wrong(check::record_number, r.number,
          "Record " + std::to_string(r.number) + " follows record " +
              std::to_string(before_->number) + ".");
  }
  if (r.previous != before_->hash) {
    wrong(check::hash_chain, r.number,
          "The record before it does not have the hash that it names.");
  }
  const auto expected = before_->epoch + (r.kind == record_kind::open ? 1 : 0);
  if (r.epoch != expected) {
    wrong(check::epoch, r.number,
          "Its epoch is " + std::to_string(r.epoch) + " instead of " + std::to_string(expected) +
              ".");
  }
  if (r.now <= before_->now) {
    wrong(check::time_order, r.number, "Its time is not later than the one before.");
  }
}

void chain_check::check_opening(const record& r) {
  const auto* opened = opened_by(r);
  if (r.kind != record_kind::open) {
    return;
  }
  if (opened == nullptr || opened->epoch != r.epoch) {
    wrong(check::epoch, r.number,
          "It opens epoch " + std::to_string(r.epoch) + " without the event that says so.");
  }
  if (!r.commands.empty() || !r.dead_letters.empty() || r.events.size() != 1) {
    wrong(check::epoch, r.number, "It opens an epoch and does something else as well.");
  }
}

} // namespace dispatch::audit
