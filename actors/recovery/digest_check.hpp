#pragma once

#include "actors/turn/snapshot.hpp"
#include "persistence/store.hpp"

#include <string>

namespace dispatch {

/// Passes a copy of a store on, and adds up the states of its entities.
class digest_check final : public store_sink {
public:
  explicit digest_check(store_sink& to) : to_(to) {}

  status put(const store_head& head) override {
    position_ = head.position;
    return to_.put(head);
  }
  status put(const kept_entity& entity) override {
    const auto& row = entity.snapshot;
    sum_ ^= digest_part(row.entity, row.state);
    return to_.put(entity);
  }
  status put(const applied_id& applied) override { return to_.put(applied); }

  /// To be called behind the last entity: whether the states are those of its record.
  status judge() const {
    return sum_ == position_.digest ? status{nothing{}}
                                    : failure{"the states do not add up to the digest of record " +
                                              std::to_string(position_.number)};
  }

  const store_position& position() const { return position_; }

private:
  store_sink& to_;
  store_position position_;
  std::uint64_t sum_ = 0;
};

} // namespace dispatch
