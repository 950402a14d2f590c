#include "tests/simulation/stream_watch.hpp"

#include "messages/wire/codec.hpp"

#include <sstream>

namespace dispatch::testing {

void stream_watch::look() {
  for (auto last = streams_.log->last_sequence(); epochs_.size() < last;) {
    look_at_record(*streams_.log->at(epochs_.size() + 1));
  }
  for (auto last = streams_.out->last_sequence(); announced_ < last;) {
    look_at_announcement(*streams_.out->at(++announced_));
  }
}

void stream_watch::look_at_record(const memory::fenced_stream::message& stored) {
  const auto r = wire::decode_record(stored.body);
  const auto number = epochs_.size() + 1;
  const auto newest = epochs_.empty() ? 0 : epochs_.back();
  epochs_.push_back(r ? r->epoch : 0);
  const auto name = "record " + std::to_string(number) + ", by " + stored.sender + ",";
  if (!r || r->number != number) {
    violated(name + " is no record of that number");
    return;
  }
  if (r->kind == record_kind::open) {
    opener_ = stored.sender;
    if (r->epoch != newest + 1) {
      violated(name + " opens epoch " + std::to_string(r->epoch) + " behind epoch " +
               std::to_string(newest));
    }
    return;
  }
  if (r->epoch != newest) {
    violated(name + " is of epoch " + std::to_string(r->epoch) + " behind epoch " +
             std::to_string(newest));
  }
  if (stored.sender != opener_) {
    violated(name + " was accepted, though the newest OPEN is by " + opener_);
  }
}

/// An id is zone/epoch/number/index.
void stream_watch::look_at_announcement(const memory::fenced_stream::message& stored) {
  std::istringstream id{stored.id};
  std::string zone;
  std::uint64_t epoch = 0;
  std::uint64_t number = 0;
  std::uint64_t index = 0;
  char slash = 0;
  const auto name = "the announcement " + stored.id + ", by " + stored.sender + ",";
  if (!std::getline(id, zone, '/') || !(id >> epoch >> slash >> number >> slash >> index)) {
    violated(name + " has no id");
    return;
  }
  if (number == 0 || number > epochs_.size() || epochs_[number - 1] != epoch) {
    violated(name + " is not in the log");
    return;
  }
  const auto next = number == last_number_ ? last_index_ + 1 : 0;
  if (number < last_number_ || index != next) {
    violated(name + " comes behind " + std::to_string(last_number_) + "/" +
             std::to_string(last_index_));
  }
  const auto e = wire::decode_event(stored.body);
  if (e && wire::announced_form(*e, stored.body) != stored.body) {
    violated(name + " has the seal of a delivery code");
  }
  last_number_ = number;
  last_index_ = index;
  late_announcements_ += stored.sender == opener_ ? 0 : 1;
}

void stream_watch::violated(const std::string& what) {
  if (violation_.empty()) {
    violation_ = what;
  }
}

} // namespace dispatch::testing
