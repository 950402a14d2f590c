#include "cmd/dispatch-bench/measures/waybills.hpp"

#include "cmd/dispatch-bench/publisher.hpp"
#include "cmd/dispatch-bench/site.hpp"
#include "cmd/dispatch-bench/usage.hpp"
#include "cmd/dispatch-bench/workload.hpp"
#include "cmd/shared/exit_code.hpp"
#include "messages/signing/key.hpp"
#include "messages/wire/codec.hpp"
#include "messages/wire/subjects.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <random>
#include <thread>
#include <vector>

namespace dispatch::bench {

namespace {

using namespace std::chrono_literals;
using cli::exit_code;
using cli::value_or_stop;

const std::string zone = "bench";
constexpr auto warm_up = 2s;
constexpr auto patience = 30s;
constexpr auto look_up_interval = 10ms;

/// Riders per order: nobody has to wait for one to become free.
constexpr double riders_per_order = 1.25;

constexpr place city_centre{.latitude = 31.23, .longitude = 121.47};
constexpr double spread_degrees = 0.08;

place somewhere(std::mt19937_64& random) {
  constexpr std::uint64_t steps = 100'000;
  const auto offset = [&] {
    return spread_degrees * (2.0 * static_cast<double>(random() % steps) / double{steps} - 1.0);
  };
  const auto north = offset();
  return {.latitude = city_centre.latitude + north, .longitude = city_centre.longitude + offset()};
}

std::vector<bench_command> riders_on_shift(speller& spell, std::size_t count,
                                           std::mt19937_64& random) {
  std::vector<bench_command> commands;
  for (std::size_t i = 0; i < count; ++i) {
    commands.push_back(
        spell.spell({entity_kind::rider, "r" + std::to_string(i)},
                    rider_command{start_shift{
                        .vehicle = vehicle::motorcycle, .capacity = 3, .at = somewhere(random)}}));
  }
  return commands;
}

std::vector<bench_command> prepaid_orders(speller& spell, std::size_t count,
                                          std::mt19937_64& random) {
  std::vector<bench_command> commands;
  for (std::size_t i = 0; i < count; ++i) {
    place_order order;
    order.station = "kitchen";
    order.pick_up = somewhere(random);
    order.drop_off = somewhere(random);
    order.prepaid = true;
    commands.push_back(
        spell.spell({entity_kind::order, "o" + std::to_string(i)}, order_command{order}));
  }
  return commands;
}

/// When something first happened to each order.
class moments {
public:
  explicit moments(std::size_t orders) : at_(orders) {}

  void note(std::string_view order) {
    std::size_t index = 0;
    std::from_chars(order.data() + 1, order.data() + order.size(), index);
    steady::rep never = 0;
    const auto now = steady::now().time_since_epoch().count();
    if (index < at_.size() && at_[index].compare_exchange_strong(never, now)) {
      ++count_;
    }
  }

  std::size_t count() const { return count_; }
  steady::time_point of(std::size_t index) const {
    return steady::time_point{steady::duration{at_[index]}};
  }

private:
  std::vector<std::atomic<steady::rep>> at_;
  std::atomic<std::size_t> count_{0};
};

/// All riders of the zone: they accept what they are offered, at once, and look at their waybills.
class rider_crowd {
public:
  rider_crowd(std::shared_ptr<nats::connection> on, std::size_t orders)
      : offered(orders), certified(orders), on_(std::move(on)),
        offers_(listen("offer_received", [this](const event& e) { accept(e); })),
        papers_(listen("waybill_received", [this](const event& e) { look_at(e); })) {}

  moments offered;
  moments certified; ///< the signed waybill is there
  std::atomic<std::uint64_t> unsigned_papers{0};

private:
  nats::subscription listen(const std::string& name, std::function<void(const event&)> hear) {
    const auto subject = wire::subjects{}.event(zone, {entity_kind::rider, "*"}, name);
    return value_or_stop(on_->subscribe(subject,
                                        [hear = std::move(hear)](const nats::incoming& message) {
                                          if (const auto e = wire::decode_event(message.body())) {
                                            hear(*e);
                                          }
                                        }),
                         exit_code::unavailable);
  }

  void accept(const event& e) {
    const auto& offer = std::get<offer_received>(std::get<rider_event>(e.body)).offer;
    for (const auto& order : offer.orders) {
      offered.note(order);
    }
    const command_body answer = rider_command{accept_offer{offer.id}};
    const auto subject = wire::subjects{}.command(zone, e.entity, wire::verb_of(answer));
    const std::array headers{nats::header{"Content-Type", "application/protobuf"}};
    (void)on_->publish(subject.c_str(), nullptr, headers,
                       wire::encode_command(answer, wire::encoding::protobuf));
  }

  void look_at(const event& e) {
    const auto& received = std::get<waybill_received>(std::get<rider_event>(e.body));
    if (received.waybill.is_signed()) {
      certified.note(received.order);
    } else {
      ++unsigned_papers;
    }
  }

  const std::shared_ptr<nats::connection> on_;
  nats::subscription offers_;
  nats::subscription papers_;
};

struct spread {
  double p50_ms = 0.0;
  double p99_ms = 0.0;
  double max_ms = 0.0;
};

template <class From, class To>
spread spread_of(std::size_t first, std::size_t last, From from, To to) {
  std::vector<double> found;
  for (auto i = first; i < last; ++i) {
    found.push_back(1000.0 * seconds_between(from(i), to(i)));
  }
  std::ranges::sort(found);
  const auto at = [&](double share) {
    return found[static_cast<std::size_t>(share * static_cast<double>(found.size() - 1))];
  };
  return {at(0.5), at(0.99), found.back()};
}

void wait_for_all(const rider_crowd& riders, std::size_t orders, const node_process& process) {
  for (const auto until = steady::now() + patience; riders.certified.count() < orders;) {
    stop_if_interrupted();
    process.expect_running();
    if (steady::now() > until) {
      throw cli::stop(exit_code::failed,
                      "only " + std::to_string(riders.certified.count()) + " of " +
                          std::to_string(orders) + " orders have a signed waybill; " +
                          std::to_string(riders.offered.count()) + " were offered");
    }
    std::this_thread::sleep_for(look_up_interval);
  }
}

} // namespace

figures measure_waybills(const waybill_options& wanted) {
  const auto warm = static_cast<std::size_t>(warm_up.count()) * wanted.rate;
  const auto orders = warm + static_cast<std::size_t>(wanted.span.count()) * wanted.rate;
  const auto riders = static_cast<std::size_t>(riders_per_order * static_cast<double>(orders));
  tell("a zone that matches every " + std::to_string(wanted.match_interval.count()) +
       " ms (its policy; the default is 1000), " + std::to_string(riders) + " riders on shift");
  std::mt19937_64 random{wanted.seed};
  site at;
  policy policy;
  policy.match_interval = wanted.match_interval;
  at.create_streams(zone);
  at.define_zone(zone, 0, policy);
  const auto key = at.directory() / "waybill.pem";
  value_or_stop(signing::private_key::from_file(key, signing::algorithm::sm2_sm3),
                exit_code::failed);
  const node_process process{at, node_name(1), {"--waybill-key", key.string()}};
  speller spell{zone};
  const auto on = at.connect("orders", true);
  const auto shifts = riders_on_shift(spell, riders, random);
  publish_all(on, shifts);
  wait_until_announced(*on, process, zone, shifts.size());

  tell("publishing " + std::to_string(wanted.rate) + " orders per s");
  const auto commands = prepaid_orders(spell, orders, random);
  rider_crowd crowd{at.connect("riders", true), orders};
  const auto before = usage_of(process.id());
  const auto sent = publish_paced(on, commands, wanted.rate);
  const auto after = usage_of(process.id());
  wait_for_all(crowd, orders, process);
  if (!sent.rate_reached) {
    tell("  the publisher did not keep up");
  }
  const auto due = [&](std::size_t i) { return sent.due(i); };
  const auto offered = [&](std::size_t i) { return crowd.offered.of(i); };
  const auto certified = [&](std::size_t i) { return crowd.certified.of(i); };
  const auto whole = spread_of(warm, orders, due, certified);
  const auto to_offer = spread_of(warm, orders, due, offered);
  const auto from_offer = spread_of(warm, orders, offered, certified);
  const auto seconds = static_cast<double>(orders) / wanted.rate;
  return {
      {"orders_per_s", "orders per s", static_cast<double>(wanted.rate), 0},
      {"match_interval_ms", "ms between matches, by policy",
       static_cast<double>(wanted.match_interval.count()), 0},
      {"p50_ms", "ms from order to signed waybill, p50", whole.p50_ms, 2},
      {"p99_ms", "ms from order to signed waybill, p99", whole.p99_ms, 2},
      {"max_ms", "ms from order to signed waybill, longest", whole.max_ms, 2},
      {"offer_p50_ms", "  to the offer, p50", to_offer.p50_ms, 2},
      {"offer_p99_ms", "  to the offer, p99", to_offer.p99_ms, 2},
      {"rest_p50_ms", "  from the offer on, p50", from_offer.p50_ms, 2},
      {"rest_p99_ms", "  from the offer on, p99", from_offer.p99_ms, 2},
      {"unsigned", "waybills that went out unsigned first",
       static_cast<double>(crowd.unsigned_papers.load()), 0},
      {"cores", "cores taken by dispatchd", (after.processor_s - before.processor_s) / seconds, 2}};
}

} // namespace dispatch::bench
