#include "actors/commit_log/log_replay.hpp"

#include "messages/wire/codec.hpp"

#include <array>
#include <set>
#include <utility>

namespace dispatch {

namespace {

/// Records written in one transaction while catching up.
constexpr std::size_t records_per_write = 64;

} // namespace

log_replay::log_replay(store& to, store_position position, std::uint64_t digests_accepted)
    : to_(to), position_(position), digests_accepted_(digests_accepted) {}

status log_replay::check(const record& r) const {
  const auto wrong = [&](const std::string& what) {
    return failure{"record " + std::to_string(r.number) + " of the log: " + what};
  };
  if (r.number != position_.number + 1) {
    return wrong("expected number " + std::to_string(position_.number + 1));
  }
  if (r.previous != position_.hash) {
    return wrong("its hash of the record before does not fit: the log was changed");
  }
  const auto epoch = position_.epoch + (r.kind == record_kind::open ? 1 : 0);
  if (r.epoch != epoch) {
    return wrong("epoch " + std::to_string(r.epoch) + ", expected " + std::to_string(epoch));
  }
  if (r.now <= position_.now) {
    return wrong("its time is not later than the record before");
  }
  return nothing{};
}

result<log_replay::known_state*> log_replay::find(const entity_ref& entity) {
  if (const auto known = states_.find(entity); known != states_.end()) {
    return &known->second;
  }
  const auto loaded = to_.load(std::array{entity});
  if (!loaded) {
    store_failed_ = true;
    return loaded.error();
  }
  known_state known{initial_state(entity.kind), 0};
  if (const auto& bytes = loaded->front()) {
    auto decoded = decode_state(entity.kind, *bytes);
    if (!decoded) {
      return decoded.error();
    }
    known = {std::move(*decoded), digest_part(entity, *bytes)};
  }
  return &states_.insert_or_assign(entity, std::move(known)).first->second;
}

status log_replay::fold(std::uint64_t log_sequence, std::string_view bytes) {
  auto decoded = wire::decode_record(bytes);
  if (!decoded) {
    return failure{"record at log sequence " + std::to_string(log_sequence) + ": " +
                   decoded.error().what};
  }
  const auto& r = *decoded;
  if (auto sound = check(r); !sound) {
    return sound;
  }
  std::set<entity_ref> touched;
  for (const auto& e : r.events) {
    auto known = find(e.entity);
    if (!known) {
      return known.error();
    }
    (*known)->state = evolved((*known)->state, e.body);
    touched.insert(e.entity);
  }
  auto digest = position_.digest;
  std::vector<snapshot_row> rows;
  for (const auto& who : touched) {
    auto& known = states_.at(who);
    auto encoded = encode(known.state);
    if (known.part == 0 && encoded == encode(initial_state(who.kind))) {
      continue; // A refused command does not make an entity.
    }
    const auto part = digest_part(who, encoded);
    digest ^= known.part ^ part;
    known.part = part;
    rows.push_back(make_snapshot(who, known.state, std::move(encoded)));
  }
  if (digest != r.digest && r.number > digests_accepted_) {
    return failure{"record " + std::to_string(r.number) +
                   " of the log: " + std::string{wrong_digest}};
  }
  auto changes = materialise(r, std::string{bytes}, log_sequence, std::move(rows));
  changes.position.digest = digest;
  position_ = changes.position;
  folded_.push_back(std::move(changes));
  return folded_.size() < records_per_write ? status{nothing{}} : flush();
}

status log_replay::flush() {
  if (folded_.empty()) {
    return nothing{};
  }
  auto written = to_.write(folded_);
  folded_.clear();
  store_failed_ = !written;
  return written;
}

} // namespace dispatch
