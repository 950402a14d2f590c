#include "cmd/dispatch-sim/options.hpp"

#include "cmd/dispatch-sim/city/named_city.hpp"
#include "cmd/dispatch-sim/city/replay_files.hpp"
#include "cmd/shared/command_line.hpp"
#include "messages/entities/entity.hpp"

#include <cmath>
#include <ostream>

namespace dispatch::sim {

namespace {

constexpr auto replay_verb = "replay";
constexpr auto mdrp_verb = "mdrp";
constexpr auto check_verb = "mdrp-check";
/// Orders, riders or stations of a city that is made up: more have no room in memory.
constexpr std::size_t city_size_max = 10'000'000;

std::string check_zone(const std::string& name) {
  return valid_id(name) ? std::string{} : "must be 1 to 64 letters, digits, '-' or '_'";
}

void add_time_of_day(CLI::App& app, const std::string& name, duration& value,
                     const std::string& description) {
  app.add_option_function<std::string>(
         name, [&value](const std::string& text) { value = *parse_time_of_day(text); }, description)
      ->check([](const std::string& text) {
        return parse_time_of_day(text) ? std::string{} : "must be a time such as 18:30";
      })
      ->type_name("HH:MM");
}

void add_share(CLI::App& app, const std::string& name, double& value,
               const std::string& description) {
  cli::add_number(app, name, value, description, 0.0, 1.0)->type_name("SHARE");
}

/// Of `40%`.
std::optional<double> parse_percent(const std::string& text) {
  if (!text.ends_with('%')) {
    return std::nullopt;
  }
  const auto percent = cli::parse_number(text.substr(0, text.size() - 1), 0.0, 100.0);
  return percent && *percent > 0.0 ? std::optional{*percent / 100.0} : std::nullopt;
}

void add_replay(CLI::App& app, options& into) {
  app.add_option("DIR", into.directory, "holds orders.csv and couriers.csv")
      ->required()
      ->check(CLI::ExistingDirectory);
  add_time_of_day(app, "--from", into.from, "replay what is placed from here");
  add_time_of_day(app, "--to", into.to, "replay what is placed before");
  app.add_option_function<std::string>(
         "--couriers",
         [&into](const std::string& text) { into.rider_share = *parse_percent(text); },
         "keep this share of the couriers, by seed")
      ->check([](const std::string& text) {
        return parse_percent(text) ? std::string{} : "must be a percentage such as 40%";
      })
      ->type_name("PERCENT");
}

void add_synthetic(CLI::App& app, options& into) {
  auto& city = into.synthetic;
  cli::add_number(app, "--orders", city.orders, "orders placed", 1, city_size_max);
  cli::add_number(app, "--couriers", city.riders, "riders on shift", 1, city_size_max);
  cli::add_number(app, "--stations", city.stations, "stations", 1, city_size_max);
  cli::add_number(app, "--hours", city.hours, "hours of zone time within which orders are placed",
                  0.01, 24.0 * 7);
}

void add_common(CLI::App& app, options& into) {
  cli::add_number(app, "--speed", into.speed, "zone seconds per wall second", 0.1, 10'000.0);
  cli::add_number(app, "--seed", into.seed, "of everything that is left to chance", 0);
  add_share(app, "--accept", into.habits.accept, "share of the offers that riders accept");
  add_share(app, "--decline", into.habits.decline, "share that they decline");
  add_share(app, "--ignore", into.habits.ignore, "share that they do not answer");
  cli::add_span(app, "--position-interval", into.habits.position_interval,
                "zone time between two positions of a rider", std::chrono::seconds{1},
                std::chrono::hours{1});
  cli::add_span(app, "--grace", into.grace, "zone time after the last order, at most");
  app.add_option("--policy", into.policy_file, "zone definition whose policy is taken")
      ->check(CLI::ExistingFile);
  app.add_option_function<std::string>(
         "--baseline", [&into](const std::string&) { into.baseline = true; },
         "also decide the same orders by this policy, offline")
      ->check(CLI::IsMember({"nearest"}))
      ->type_name("POLICY");
  app.add_option("--zone", into.zone, "name of the zone")->check(check_zone)->capture_default_str();
  app.add_flag("--reuse", into.reuse,
               "use the zone if it exists, with its own clock and policy; one that --keep has "
               "kept goes on where it stood, at --speed");
  app.add_option("--keep", into.keep, "directory of the own dispatchd, which stays")
      ->option_text("DIR");
  app.add_option_function<std::string>(
         "-o,--output", [&into](const std::string& form) { into.json = form == "json"; },
         "form of the report")
      ->check(CLI::IsMember({"table", "json"}))
      ->type_name("FORM")
      ->default_str("table");
  cli::add_connection_flags(app, into.connection);
}

} // namespace

void describe(CLI::App& app, options& wanted) {
  app.description("Drives a live zone with a city that places orders and moves riders. Without "
                  "--server it starts a dispatchd of its own.");
  app.require_subcommand(1);
  auto* replay = app.add_subcommand(replay_verb, "a recorded day");
  auto* synthetic = app.add_subcommand("synthetic", "a city made from a seed");
  for (const auto& one : named_cities) {
    auto* named = app.add_subcommand(std::string{one.name}, std::string{one.description});
    add_synthetic(*named, wanted);
    add_common(*named, wanted);
    named->callback([&wanted, &one] { wanted.named = one.name; });
  }
  auto* benchmark = app.add_subcommand(mdrp_verb);
  mdrp::describe(*benchmark, wanted.benchmark.emplace());
  mdrp::describe(*app.add_subcommand(check_verb), wanted.check.emplace());
  add_replay(*replay, wanted);
  add_synthetic(*synthetic, wanted);
  add_common(*replay, wanted);
  add_common(*synthetic, wanted);
}

std::variant<options, cli::exit_code> parse_options(int argc, const char* const* argv,
                                                    std::ostream& out, std::ostream& err) {
  options wanted;
  CLI::App app{"", "dispatch-sim"};
  describe(app, wanted);
  if (const auto code = cli::parse(app, argc, argv, out, err)) {
    return *code;
  }
  const auto& habits = wanted.habits;
  if (std::abs(habits.accept + habits.decline + habits.ignore - 1.0) > 1e-9) {
    err << "--accept, --decline and --ignore must add up to 1\n";
    return cli::exit_code::usage;
  }
  if (wanted.from >= wanted.to) {
    err << "--from must be before --to\n";
    return cli::exit_code::usage;
  }
  const auto& used = *app.get_subcommands().front();
  if (used.get_name() != mdrp_verb) {
    wanted.benchmark.reset();
  }
  if (used.get_name() != check_verb) {
    wanted.check.reset();
  }
  if (wanted.benchmark || wanted.check) {
    return wanted;
  }
  wanted.replay = used.get_name() == replay_verb;
  wanted.live_server = used.count("--server") + used.count("--data") > 0;
  wanted.habits.seed = wanted.seed;
  wanted.synthetic.seed = wanted.seed;
  return wanted;
}

result<scenario> scenario_of(options& wanted, policy& policy) {
  if (!wanted.named.empty()) {
    return city_of_name(wanted.named, wanted.synthetic, wanted.habits, policy);
  }
  if (!wanted.replay) {
    return synthetic_city(wanted.synthetic);
  }
  auto day = read_day(wanted.directory);
  if (day) {
    cut(*day, wanted.from, wanted.to);
    thin_riders(*day, wanted.rider_share, wanted.seed);
  }
  return day;
}

std::string source_of(const options& wanted) {
  if (!wanted.named.empty()) {
    return wanted.named;
  }
  return wanted.replay ? "replay of " + wanted.directory : "synthetic city";
}

} // namespace dispatch::sim
