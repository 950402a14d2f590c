#include "cmd/dispatchctl/zone_verify.hpp"

#include "cmd/audit/audit_zone.hpp"
#include "cmd/shared/exit_code.hpp"
#include "messages/nats/api.hpp"

#include <ostream>

namespace dispatch::ctl {

using cli::exit_code;
using cli::stop;
using cli::value_or_stop;

void describe(CLI::App& verb, zone_verify& asked) {
  verb.description("Check the zone's kept history against every guarantee, from its streams alone");
  verb.add_option("zone", asked.zone, "its name")->check(id_rule());
  verb.add_flag("--at-rest", asked.at_rest,
                "the zone does nothing now: what is not announced is missing");
  verb.footer(
      R"(Nothing that the daemon says is believed: the log is read and judged anew. A running
zone can be verified. Violations end with code 1.

Example:
  dispatchctl zone verify hangzhou)");
}

void run(const zone_verify& asked, session& with) {
  const auto zone = with.zone(asked.zone);
  const auto log =
      value_or_stop(nats::api::find_stream(*with.connection(), wire::log_stream(with.root(), zone)),
                    exit_code::unavailable);
  if (!log) {
    throw stop(exit_code::not_found, "there is no zone " + zone);
  }
  with.say("reading " + std::to_string(log->messages) + " records, " +
           std::to_string(log->bytes >> 20U) + " MiB");
  audit::audit_options options;
  options.at_rest = asked.at_rest;
  const auto report = value_or_stop(
      audit::audit_zone(*with.connection(), with.root(), zone, options), exit_code::failed);
  with.io().out << (with.options().as_json ? audit::to_json(report) + "\n"
                                           : audit::to_text(report));
  if (!report.clean()) {
    throw stop(exit_code::failed,
               "zone " + zone + " has " + std::to_string(report.violations_total) + " violations");
  }
}

} // namespace dispatch::ctl
