#pragma once

#include "actors/domain/planning/dispatcher.hpp"
#include "tests/domain/scenario.hpp"

#include <optional>
#include <random>

/// A dispatcher and what it has been told, for tests of matching.
namespace dispatch::domain {

inline std::shared_ptr<order> waiting_order(place pick_up, timestamp placed = dawn) {
  order o;
  o.status = order_status::waiting;
  o.details = simple_order(pick_up, {pick_up.latitude + 0.01, pick_up.longitude});
  o.details.ready_at = placed;
  o.placed_at = placed;
  o.paid = true;
  return std::make_shared<order>(o);
}

inline std::shared_ptr<rider> idle_rider(place at, timestamp seen = dawn) {
  rider r;
  r.known = r.on_shift = true;
  r.capacity = 2;
  r.at = at;
  r.at_time = seen;
  return std::make_shared<rider>(r);
}

struct city {
  explicit city(dispatch::policy p = {}) : policy(std::move(p)), desk(policy) {}

  void see(const std::string& id, std::shared_ptr<const order> o) {
    desk.observe({entity_kind::order, id}, std::move(o));
  }
  void see(const std::string& id, std::shared_ptr<const rider> r) {
    desk.observe({entity_kind::rider, id}, std::move(r));
  }
  void see_station(const std::string& id, bool open) {
    desk.observe({entity_kind::station, id},
                 std::make_shared<const station>(station{true, open, {}, std::nullopt}));
  }
  void see_zone(bool paused) {
    desk.observe({entity_kind::zone, "z"}, std::make_shared<const zone>(zone{1, paused, "", {}}));
  }
  /// Another policy, in force from the next commit on.
  void see_policy(dispatch::policy next) {
    const auto version = next.version;
    desk.observe({entity_kind::zone, "z"},
                 std::make_shared<const zone>(zone{
                     1, false, "", {version, "", std::make_shared<const dispatch::policy>(next)}}));
    policy = std::move(next);
  }

  /// A match that the turn after it makes durable.
  plan match(timestamp now, std::size_t budget_bytes = 512 * 1024,
             std::chrono::seconds local_offset = {}) {
    auto made = desk.match({now, "f1", budget_bytes, local_offset});
    wanted = desk.commit();
    return made;
  }

  dispatch::policy policy;
  dispatcher desk;
  std::vector<wanted_travel> wanted{}; ///< since the last match
};

/// `a->r1 b->r2+r3`: who is asked to carry what, in the order of the proposals.
inline std::string to_line(const plan& p) {
  std::string line;
  for (const auto& one : p.proposals) {
    for (const auto& order : one.offer.orders) {
      line += (line.empty() ? "" : " ") + order + (one.confirmed ? "=>" : "->") + one.rider;
      for (const auto& other : one.also) {
        line += "+" + other.rider;
      }
    }
  }
  return line;
}

inline bool same(const plan& a, const plan& b) {
  const auto same_proposal = [](const proposal& x, const proposal& y) {
    const auto same_ask = [](const further_ask& one, const further_ask& other) {
      return one.rider == other.rider && one.offer == other.offer;
    };
    return x.rider == y.rider && x.offer == y.offer && x.confirmed == y.confirmed &&
           std::equal(x.also.begin(), x.also.end(), y.also.begin(), y.also.end(), same_ask);
  };
  const auto same_refusal = [](const refused_assignment& x, const refused_assignment& y) {
    return x.order == y.order && x.rider == y.rider && x.reason == y.reason;
  };
  return a.ran == b.ran && a.decisions == b.decisions &&
         std::equal(a.proposals.begin(), a.proposals.end(), b.proposals.begin(), b.proposals.end(),
                    same_proposal) &&
         std::equal(a.refused.begin(), a.refused.end(), b.refused.begin(), b.refused.end(),
                    same_refusal);
}

/// Somewhere in a city of this size.
template <class Random> place somewhere(Random& random, double size_m) {
  std::uniform_real_distribution<> along(-size_m / 2, size_m / 2);
  const auto east = along(random);
  return metres(east, along(random));
}

} // namespace dispatch::domain
