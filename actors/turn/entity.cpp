#include "actors/turn/entity.hpp"

#include "actors/domain/machines/order.hpp"
#include "actors/domain/machines/rider.hpp"
#include "actors/domain/machines/station.hpp"
#include "actors/domain/machines/zone.hpp"
#include "actors/turn/snapshot.hpp"

#include <exception>
#include <utility>

namespace dispatch {

namespace {

/// Commands of one kind of entity, and the machine that decides them.
template <class State, class Command> class decided_entity final : public entity {
public:
  decided_entity(entity_ref self, const entity_state& state) : who_(std::move(self)) {
    current_.state = std::get<std::shared_ptr<const State>>(state);
    if (!(*current_.state == State{})) {
      current_.encoded = encode(state);
      current_.part = digest_part(who_, current_.encoded);
    }
    committed_ = current_;
  }

  answer decide(const deliver& message) override {
    if (message.attempt != attempt_) {
      committed_ = current_;
      attempt_ = message.attempt;
    }
    answer result;
    result.who = who_;
    try {
      auto next = decide(message, result.replies);
      result.state = next.state;
      result.encoded = next.encoded;
      result.part_before = current_.part;
      result.part_after = next.part;
      (message.tentative ? tentative_ : current_) = std::move(next);
    } catch (const std::exception& error) {
      result.replies.clear();
      result.thrown = error.what();
    }
    return result;
  }

  void adopt() override { current_ = tentative_; }

  void roll_back(std::uint64_t attempt) override {
    if (attempt == attempt_) {
      current_ = committed_;
    }
  }

private:
  /// What is known at one instant, in all the forms that are needed of it.
  struct version {
    std::shared_ptr<const State> state;
    std::string encoded;
    std::uint64_t part = 0;
  };

  /// Applies the deliveries one after the other and collects what they come to.
  version decide(const deliver& message, std::vector<reply>& replies) const {
    auto next = std::make_shared<State>(*current_.state);
    auto changed = false;
    replies.reserve(message.items.size());
    for (const auto& item : message.items) {
      const auto with =
          domain::context{who_.id, item.at, !item.by.empty(), *message.policy, item.by};
      auto outcome = domain::apply(*next, std::get<Command>(item.command), with);
      reply said;
      said.input = item.input;
      said.refused = outcome.refused;
      said.detail = std::move(outcome.detail);
      for (auto& event : outcome.events) {
        domain::evolve(*next, event);
        changed = true;
        said.events.emplace_back(std::move(event));
      }
      replies.push_back(std::move(said));
    }
    if (!changed) {
      return current_;
    }
    version result;
    result.state = std::move(next);
    result.encoded = encode(entity_state{result.state});
    result.part = digest_part(who_, result.encoded);
    return result;
  }

  const entity_ref who_;
  std::uint64_t attempt_ = 0;
  version committed_; ///< before the attempt
  version current_;   ///< with the attempt's answers
  version tentative_; ///< if `adopt` comes
};

} // namespace

std::unique_ptr<entity> make_entity(const entity_ref& entity, const entity_state& state) {
  switch (entity.kind) {
  case entity_kind::order:
    return std::make_unique<decided_entity<order, order_command>>(entity, state);
  case entity_kind::rider:
    return std::make_unique<decided_entity<rider, rider_command>>(entity, state);
  case entity_kind::station:
    return std::make_unique<decided_entity<station, station_command>>(entity, state);
  case entity_kind::zone:
    break;
  }
  return std::make_unique<decided_entity<zone, zone_command>>(entity, state);
}

} // namespace dispatch
