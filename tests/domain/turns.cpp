#include "tests/domain/turns.hpp"

namespace dispatch::domain {

namespace {

template <class State>
entity_state kept(const std::map<std::string, State>& all, const std::string& id) {
  const auto known = all.find(id);
  return std::make_shared<const State>(known == all.end() ? State{} : known->second);
}

} // namespace

entity_hall small_zone::entities() const {
  const auto state_of = [this](const entity_ref& who) {
    switch (who.kind) {
    case entity_kind::order:
      return kept(orders, who.id);
    case entity_kind::rider:
      return kept(riders, who.id);
    default:
      return kept(stations, who.id);
    }
  };
  return {state_of, std::make_shared<dispatch::policy>(policy)};
}

int small_zone::run_rounds(turn& current, entity_hall& all) {
  int rounds = 0;
  for (auto batches = current.next_round(); !batches.empty(); batches = current.next_round()) {
    all.answer(current, std::move(batches), 1, false);
    current.finish_round();
    note(current);
    ++rounds;
  }
  return rounds;
}

/// What the round has made true.
void small_zone::note(const turn& current) {
  for (const auto& [who, touched] : current.touched()) {
    if (const auto* o = std::get_if<std::shared_ptr<const order>>(&touched.state)) {
      orders[who.id] = **o;
    } else if (const auto* r = std::get_if<std::shared_ptr<const rider>>(&touched.state)) {
      riders[who.id] = **r;
    } else {
      stations[who.id] = *std::get<std::shared_ptr<const station>>(touched.state);
    }
  }
  const auto& all = current.events();
  events.insert(events.end(), all.begin() + static_cast<std::ptrdiff_t>(noted_), all.end());
  noted_ = all.size();
  after_round();
}

int small_zone::settle_all(std::vector<input> inputs) {
  std::vector<command> commands;
  for (auto& i : inputs) {
    command c;
    c.source = command_source::deadline; // A refusal of theirs is no event.
    c.target = std::move(i.target);
    c.at = now;
    c.by = i.by_operator ? "anna" : "";
    c.body = std::move(i.command);
    commands.push_back(std::move(c));
  }
  const applied_ids none;
  turn current{now, std::move(commands), {}, none};
  auto all = entities();
  noted_ = 0;
  return run_rounds(current, all);
}

bool small_zone::propose(proposal p) {
  if (p.orders.empty()) {
    for (const auto& id : p.offer.orders) {
      p.orders.push_back({id});
    }
  }
  const applied_ids none;
  turn current{now, {}, {}, none};
  auto all = entities();
  noted_ = 0;
  plan planned;
  planned.ran = true;
  planned.proposals.push_back(std::move(p));
  all.answer(current, current.propose(std::move(planned)), 1, true);
  const auto adopted = current.finish_proposals();
  for (const auto& who : adopted) {
    all.at(who).adopt();
  }
  note(current);
  run_rounds(current, all);
  return !adopted.empty();
}

} // namespace dispatch::domain
