#include "cmd/audit/lives/stations.hpp"

namespace dispatch::audit {

/// Makes an event true of a station, and checks it.
struct station_lives::applier {
  station_lives& lives;
  const std::uint64_t number;
  const std::string& id;
  station_life& life;

  void add(check which, const std::string& what) const {
    lives.found_.add(which, number, "Station " + id + " " + what);
  }

  /// Of the article, what riders are collecting, and what they have said in this record to have
  /// collected, if it was counted out before.
  std::int64_t being_collected(const std::string& item) const {
    std::int64_t pieces = 0;
    for (const auto& [order, items] : life.held) {
      if (lives.hand_overs_.under_way(order) || life.lifted.contains(order)) {
        for (const auto& g : items) {
          pieces += g.item == item ? g.quantity : 0;
        }
      }
    }
    return pieces;
  }

  void check_promises(const std::string& item) const {
    const auto& article = life.stock[item];
    if (article.reserved < 0 || (article.reserved > article.on_hand &&
                                 article.reserved - being_collected(item) > article.on_hand)) {
      add(check::stock_oversold, "has " + std::to_string(article.on_hand) + " of " + item +
                                     " and has promised " + std::to_string(article.reserved) + ".");
    }
  }

  /// Takes what was held for the order out of the books.
  std::vector<goods> let_go(const std::string& order, std::string_view how) const {
    life.lifted.erase(order);
    const auto held = life.held.find(order);
    if (held == life.held.end()) {
      add(check::stock_reservation,
          std::string{how} + " goods of order " + order + ", for which it holds none.");
      return {};
    }
    auto items = held->second;
    life.held.erase(held);
    for (const auto& g : items) {
      life.stock[g.item].reserved -= g.quantity;
    }
    lives.orders_.touch(order).held_at.clear();
    return items;
  }

  void operator()(const station_opened&) const { life.open = true; }
  void operator()(const station_closed&) const {
    life.open = false;
    if (!life.held.empty()) {
      add(check::stock_reservation,
          "is closed and still holds goods for order " + life.held.begin()->first + ".");
    }
  }
  void operator()(const stock_reported& b) const {
    for (const auto& counted : b.levels) {
      life.stock[counted.item].on_hand = counted.on_hand;
      check_promises(counted.item);
    }
    for (const auto& [order, item] : b.taken) {
      check_holds(order, "counts out");
      if (!lives.hand_overs_.under_way(order)) {
        add(check::stock_hand_over,
            "counts out goods of order " + order + ", whose rider has not come for them.");
      }
    }
    for (const auto& [order, items] : life.held) {
      if (lives.hand_overs_.under_way(order)) {
        life.lifted.insert(order);
      }
    }
  }
  void operator()(const stock_reserved& b) const {
    auto& known = lives.orders_.touch(b.order);
    if (!life.open) {
      add(check::stock_reservation, "promises goods to order " + b.order + " while it is closed.");
    }
    if (known.items != b.items) {
      add(check::stock_reservation, "holds other goods than order " + b.order + " named.");
    }
    if (!known.held_at.empty() && known.held_at != id) {
      add(check::stock_reservation,
          "holds goods for order " + b.order + ", as station " + known.held_at + " does.");
    }
    if (life.held.contains(b.order)) {
      let_go(b.order, "renews");
    }
    known.held_at = id;
    life.held.insert_or_assign(b.order, b.items);
    for (const auto& g : b.items) {
      life.stock[g.item].reserved += g.quantity;
      check_promises(g.item);
    }
  }
  void operator()(const stock_released& b) const { let_go(b.order, "releases"); }
  void operator()(const stock_consumed& b) const {
    const auto counted_without = life.lifted.contains(b.order);
    for (const auto& g : let_go(b.order, "hands out")) {
      life.stock[g.item].on_hand -= counted_without ? 0 : g.quantity;
      check_promises(g.item);
    }
    lives.orders_.touch(b.order).taken_from = id;
  }
  void operator()(const stock_returned& b) const {
    auto& known = lives.orders_.touch(b.order);
    if (known.taken_from != id || known.items != b.items) {
      add(check::stock_reservation,
          "gets back goods of order " + b.order + " that it did not hand out, or others.");
    }
    known.taken_from.clear();
    for (const auto& g : b.items) {
      life.stock[g.item].on_hand += g.quantity;
    }
  }
  void check_holds(const std::string& order, std::string_view how) const {
    if (!life.held.contains(order)) {
      add(check::stock_reservation,
          std::string{how} + " goods of order " + order + ", for which it holds none.");
    }
  }
  void operator()(const hand_over_began& b) const { check_holds(b.order, "begins to hand over"); }
  void operator()(const hand_over_ended& b) const { check_holds(b.order, "keeps"); }
  void operator()(const stock_low&) const {}
  void operator()(const sensor_silent&) const {}
  void operator()(const actor_paused&) const {}
  void operator()(const actor_resumed&) const {}
};

void station_lives::apply(std::uint64_t number, const event& e, const station_event& body) {
  std::visit(applier{*this, number, e.entity.id, stations_[e.entity.id]}, body);
}

} // namespace dispatch::audit
