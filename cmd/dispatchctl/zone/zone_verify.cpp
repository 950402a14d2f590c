#include "cmd/dispatchctl/zone/zone_verify.hpp"

#include "actors/commit_log/log_verifier.hpp"
#include "cmd/audit/audit_zone.hpp"
#include "cmd/dispatchctl/order/waybill.hpp"
#include "cmd/shared/command_line.hpp"
#include "cmd/shared/exit_code.hpp"
#include "messages/nats/connection/api.hpp"
#include "persistence/files/archive.hpp"
#include "persistence/sqlite/journal_file.hpp"

#include <map>
#include <memory>
#include <ostream>
#include <utility>

namespace dispatch::ctl {

using cli::exit_code;
using cli::stop;
using cli::value_or_stop;

namespace {

audit::signature_check signatures_by(const std::vector<std::string>& files) {
  std::map<std::string, signing::public_key> keys;
  for (const auto& file : files) {
    auto key = read_public_key(file);
    auto id = key.id();
    keys.emplace(std::move(id), std::move(key));
  }
  return [keys = std::move(keys)](const signed_waybill& paper) {
    const auto key = keys.find(paper.key);
    if (key == keys.end()) {
      return audit::signature_state::of_another_key;
    }
    return key->second.verify(paper.document, paper.signature) ? audit::signature_state::good
                                                               : audit::signature_state::bad;
  };
}

} // namespace

void describe(CLI::App& verb, zone_verify& asked) {
  verb.description("Check the zone's kept history against every guarantee, from its streams alone");
  verb.add_option("zone", asked.zone, "its name")->check(id_rule());
  verb.add_flag("--at-rest", asked.at_rest,
                "the zone does nothing now: what is not announced is missing");
  verb.add_option("--against-journal", asked.journal,
                  "data directory of a node, whose copy of the log is compared")
      ->type_name("DIRECTORY");
  verb.add_option(
          "--archive", asked.archives,
          "read the records that the log keeps no more from this directory; may be repeated")
      ->check(CLI::ExistingDirectory)
      ->type_name("DIR");
  verb.add_option("--waybill-key", asked.waybill_keys,
                  "public key, PEM file: check the signatures of its waybills; may be repeated")
      ->allow_extra_args(false)
      ->check(CLI::ExistingFile)
      ->type_name("FILE");
  verb.footer(
      R"(Nothing that the daemon says is believed: the log is read and judged anew. A running
zone can be verified. Violations end with code 1. With --waybill-key, waybills that are signed with
keys that were not given end with code 7: nobody has checked them.

After a server was restored or a zone halted because its log forked, a node's journal tells what
the log has lost and where they part. It is read beside a running dispatchd.

A node keeps archives in DATA/archive/ZONE. Each node that has run the zone has a part of them.

Examples:
  dispatchctl zone verify hangzhou
  dispatchctl zone verify hangzhou --against-journal /var/lib/dispatchd
  dispatchctl zone verify hangzhou --archive /var/lib/dispatchd/archive/hangzhou
  dispatchctl zone verify hangzhou --waybill-key /etc/dispatch/waybill.pem.pub)");
}

void run(const zone_verify& asked, session& session) {
  const auto zone = session.zone(asked.zone);
  const auto log = value_or_stop(
      nats::api::find_stream(*session.connection(), wire::log_stream(session.root(), zone)),
      exit_code::unavailable);
  if (!log) {
    throw stop(exit_code::not_found, "there is no zone " + zone);
  }
  session.say("reading " + std::to_string(log->messages) + " records, " +
              cli::size_text(log->bytes));
  audit::audit_options options;
  options.at_rest = asked.at_rest;
  if (const auto known = session.find_zone(zone); known && known->definition) {
    options.clock = known->definition->clock;
  }
  log_verifier verifier;
  options.fold = [&](std::uint64_t sequence, std::string_view bytes) {
    return verifier.verify(sequence, bytes);
  };
  if (!asked.waybill_keys.empty()) {
    options.signature_of = signatures_by(asked.waybill_keys);
  }
  std::unique_ptr<journal_file> journal;
  if (!asked.journal.empty()) {
    journal = value_or_stop(journal_file::open(asked.journal, zone), exit_code::not_found);
    const auto position = value_or_stop(journal->position(), exit_code::failed);
    options.against = {position.number, [&](std::uint64_t number) {
                         return value_or_stop(journal->record(number), exit_code::failed);
                       }};
  }
  audit::archived_records archived;
  if (!asked.archives.empty()) {
    archived = [archive = files::archive{{asked.archives.begin(), asked.archives.end()}}](
                   const auto& visit) { return archive.scan(visit); };
  }
  const auto report = value_or_stop(
      audit::audit_zone(*session.connection(), session.root(), zone, std::move(options), archived),
      exit_code::failed);
  session.io().out << (session.options().as_json ? audit::to_json(report) + "\n"
                                                 : audit::to_text(report));
  if (!report.clean()) {
    throw stop(exit_code::failed,
               "zone " + zone + " has " + std::to_string(report.violations_total) + " violations");
  }
  if (!report.waybills_of_other_keys.empty()) {
    throw stop(exit_code::partial,
               "some waybills are signed with other keys than those given; give "
               "theirs as well, each with --waybill-key");
  }
}

} // namespace dispatch::ctl
