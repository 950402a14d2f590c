#include "tests/audit/script.hpp"

#include "messages/wire/codec.hpp"
#include "messages/wire/subjects.hpp"

#include <chrono>
#include <optional>
#include <utility>

using namespace dispatch;

namespace script {

namespace {

using namespace std::chrono_literals;

constexpr auto zone_name = "z";
const timestamp origin = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1};

std::uint64_t fingerprint(const stored_message& m) {
  const auto time = static_cast<std::uint64_t>(m.stored_at.time_since_epoch().count());
  return wire::fast_hash(m.body, wire::fast_hash(m.id, m.sequence ^ time));
}

place_order an_order(bool prepaid, std::uint32_t load) {
  place_order placed;
  placed.station = "s1";
  placed.pick_up = {31.2, 121.4};
  placed.drop_off = {31.3, 121.5};
  placed.ready_at = time_of(0);
  placed.prepaid = prepaid;
  placed.load = load;
  return placed;
}

turn placing(const std::string& id, std::size_t place, std::uint32_t load) {
  const auto details = an_order(true, load);
  turn t;
  t.command(order(id), order_command{details}, "shop.place-" + id)
      .order(id, order_placed{details, time_of(place), std::nullopt})
      .order(id, order_paid{time_of(place) + 2h});
  return t;
}

turn& make_offer(turn& t, const std::string& id, const std::string& to, const std::string& of,
                 std::uint32_t load, timestamp expires_at) {
  return t.by_dispatcher()
      .rider(to, offer_received{{id, {of}, {pick_up(of, load), drop_off(of, load)}, expires_at}})
      .order(of, order_offered{id, to});
}

turn cancel_and_refund() {
  turn t;
  const auto details = an_order(false, 1);
  t.command(order("o2"), order_command{details}, "shop.place-o2")
      .order("o2", order_placed{details, time_of(cancel_turn), time_of(cancel_turn) + 15min});
  t.command(order("o2"), order_command{cancel_order{"changed my mind"}})
      .order("o2", order_cancelled{"changed my mind", ""});
  t.command(order("o2"), order_command{pay_order{}}).order("o2", order_refund_requested{});
  t.command(order("o1"), order_command{an_order(true, 1)}, "shop.place-o1")
      .answer(order("o1"), command_repeated{"placed", 3});
  t.command(order("o9"), order_command{pay_order{}})
      .answer(order("o9"), command_refused{refusal::unknown_entity, "pay", "no such order"});
  t.dead_letter("dispatch.in.z.order.o1.sing", "{}");
  return t;
}

void number_inputs(turn& t, record& r, streams& to) {
  std::size_t commands = 0;
  std::size_t letters = 0;
  for (auto message : t.inputs) {
    message.sequence = to.in.size() + 1;
    message.stored_at = r.now - 1ms;
    const auto is_letter =
        letters < r.dead_letters.size() && r.dead_letters[letters].subject == message.subject;
    if (is_letter) {
      auto& letter = r.dead_letters[letters++];
      letter.sequence = message.sequence;
      letter.at = message.stored_at;
    } else {
      auto& c = r.commands.at(commands++);
      const auto given = c.id;
      c.sequence = message.sequence;
      c.at = message.stored_at;
      c.body_hash = wire::fast_hash(message.body, wire::fast_hash(message.subject));
      if (message.id.empty()) {
        c.id = std::to_string(c.sequence);
        for (auto& e : r.events) {
          e.command_id = e.command_id == given ? c.id : e.command_id;
        }
      }
    }
    to.in.push_back(std::move(message));
  }
}

void announce(const record& r, const std::vector<std::string>& encoded, streams& to) {
  const wire::subjects names;
  auto index = 0;
  const auto add = [&](std::string subject, std::string body) {
    to.out.push_back({r.zone + "/" + std::to_string(r.epoch) + "/" + std::to_string(r.number) +
                          "/" + std::to_string(index++),
                      std::move(subject), std::move(body)});
  };
  for (std::size_t i = 0; i < r.events.size(); ++i) {
    const auto& e = r.events[i];
    if (announced(e.body)) {
      add(names.event(r.zone, e.entity, event_name(e.body)), encoded[i]);
    }
  }
  for (const auto& letter : r.dead_letters) {
    add(names.dead_letter(r.zone, letter.reason), wire::encode_dead_letter(letter));
  }
}

} // namespace

timestamp time_of(std::size_t place) { return origin + 10s * static_cast<long>(place + 1); }

entity_ref order(const std::string& id) { return {entity_kind::order, id}; }
entity_ref rider(const std::string& id) { return {entity_kind::rider, id}; }

stop pick_up(const std::string& order, std::uint32_t load) {
  return {stop_kind::pick_up, order, {31.2, 121.4}, load, time_of(0)};
}
stop drop_off(const std::string& order, std::uint32_t load) {
  return {stop_kind::drop_off, order, {31.3, 121.5}, load, timestamp{}};
}

turn& turn::open() {
  r.kind = record_kind::open;
  return answer({entity_kind::zone, zone_name},
                zone_event{zone_opened{0, "node", {}, current_edition}});
}

turn& turn::command(entity_ref target, command_body body, std::string id, std::string by) {
  stored_message m;
  m.subject = wire::subjects{}.command(zone_name, target, wire::verb_of(body), by);
  m.id = id;
  m.body = wire::encode_command(body, wire::encoding::json);
  inputs.push_back(std::move(m));
  // Without an id of the sender's, a place holder until the sequence is known.
  cause_ = id.empty() ? "#" + std::to_string(inputs.size()) : id;
  dispatch::command c;
  c.target = std::move(target);
  c.id = cause_;
  c.by = std::move(by);
  c.body = std::move(body);
  r.commands.push_back(std::move(c));
  return *this;
}

turn& turn::deadline(entity_ref target) {
  dispatch::command c;
  c.source = command_source::deadline;
  c.target = std::move(target);
  c.body = rider_command{pass_deadline{}};
  r.commands.push_back(std::move(c));
  return by_dispatcher();
}

turn& turn::dead_letter(std::string subject, std::string body) {
  dispatch::dead_letter letter;
  letter.subject = subject;
  letter.reason = "unknown_verb";
  letter.hash = wire::fast_hash(body);
  letter.excerpt = body;
  r.dead_letters.push_back(std::move(letter));
  stored_message m;
  m.subject = std::move(subject);
  m.body = std::move(body);
  inputs.push_back(std::move(m));
  return *this;
}

turn& turn::order(const std::string& id, order_event body) {
  return answer(script::order(id), std::move(body));
}
turn& turn::rider(const std::string& id, rider_event body) {
  return answer(script::rider(id), std::move(body));
}
turn& turn::answer(entity_ref who, event_body body) {
  event e;
  e.entity = std::move(who);
  e.command_id = cause_;
  e.body = std::move(body);
  r.events.push_back(std::move(e));
  return *this;
}
turn& turn::by_dispatcher() {
  cause_.clear();
  return *this;
}

story good_day() {
  story day(2);
  day[0].open();
  for (const auto& [id, capacity] : {std::pair{"r1", 2U}, std::pair{"r2", 1U}}) {
    const start_shift shift{vehicle::motorcycle, capacity, {31.2, 121.4}};
    day[1]
        .command(script::rider(id), rider_command{shift})
        .rider(id, shift_started{shift, time_of(1)});
  }
  day.push_back(placing("o1", 2, 1));
  make_offer(day.emplace_back(), "f4-0", "r1", "o1", 1, time_of(offer_turn) + 45s);
  day.emplace_back()
      .command(script::rider("r1"), rider_command{accept_offer{"f4-0"}}, "r1.accept-1")
      .rider("r1", offer_accepted{"f4-0", {"o1"}, {pick_up("o1"), drop_off("o1")}})
      .order("o1", order_assigned{"f4-0", "r1"});
  day.emplace_back()
      .command(script::rider("r1"), rider_command{arrive_at_stop{"o1"}})
      .rider("r1", rider_arrived{"o1", stop_kind::pick_up, time_of(5)});
  day.emplace_back()
      .command(script::rider("r1"), rider_command{pick_up_order{"o1"}})
      .rider("r1", order_collected{"o1", time_of(pick_up_turn)})
      .order("o1", order_picked_up{"r1", time_of(pick_up_turn)});
  day.emplace_back()
      .command(script::rider("r1"), rider_command{arrive_at_stop{"o1"}})
      .rider("r1", rider_arrived{"o1", stop_kind::drop_off, time_of(7)});
  day.emplace_back()
      .command(script::rider("r1"), rider_command{deliver_order{"o1"}})
      .rider("r1", order_handed_over{"o1", time_of(deliver_turn)})
      .order("o1", order_delivered{"r1", time_of(deliver_turn)});
  day.push_back(cancel_and_refund());
  day.emplace_back().open();
  make_offer(day.emplace_back(placing("o3", 11, 2)), "f12-0", "r1", "o3", 2, time_of(11) + 5s);
  day.emplace_back()
      .deadline(script::rider("r1"))
      .rider("r1", offer_expired{"f12-0", {"o3"}})
      .order("o3", order_offer_lapsed{"f12-0", "r1", lapse_reason::expired});
  day.emplace_back(placing("o4", by_hand_turn, 1))
      .command(script::order("o4"), order_command{assign_order{"r2"}}, "desk.1", "anna")
      .order("o4", order_assignment_requested{"r2"})
      .by_dispatcher()
      .rider("r2", route_extended{"f14-0", {"o4"}, {pick_up("o4"), drop_off("o4")}})
      .order("o4", order_assigned{"f14-0", "r2"});
  return day;
}

streams write(const story& of, const std::function<void(record&)>& tamper) {
  streams written;
  record_hash previous{};
  std::uint64_t epoch = 0;
  for (std::size_t i = 0; i < of.size(); ++i) {
    auto t = of[i];
    auto& r = t.r;
    epoch += r.kind == record_kind::open ? 1U : 0U;
    r.zone = zone_name;
    r.epoch = epoch;
    r.number = i + 1;
    r.previous = previous;
    r.now = time_of(i);
    number_inputs(t, r, written);
    for (auto& e : r.events) {
      e.at = r.now;
      if (auto* of_zone = std::get_if<zone_event>(&e.body)) {
        if (auto* opened = std::get_if<zone_opened>(of_zone)) {
          opened->epoch = epoch;
        }
      }
    }
    r.input_position = written.in.size();
    r.input_fingerprint = written.in.empty() ? 0 : fingerprint(written.in.back());
    if (tamper) {
      tamper(r);
    }
    std::vector<std::string> encoded;
    for (const auto& e : r.events) {
      encoded.push_back(wire::encode_event(e));
    }
    written.log.push_back(wire::encode_record(r, encoded));
    previous = wire::hash_of(written.log.back());
    announce(r, encoded, written);
  }
  return written;
}

audit::audit_report judge(const streams& what, audit::audit_options how) {
  how.at_rest = true;
  audit::auditor auditor("dispatch", zone_name, std::move(how));
  for (const auto& message : what.in) {
    auditor.add_input(message);
  }
  for (std::size_t i = 0; i < what.log.size(); ++i) {
    auditor.add_record(i + 1, what.log[i], time_of(i) + 1ms);
  }
  for (std::size_t i = 0; i < what.out.size(); ++i) {
    auditor.add_output(i + 1, what.out[i].id, what.out[i].subject, what.out[i].body);
  }
  return auditor.finish();
}

} // namespace script
