#include "deploy/examples/event_source.hpp"
#include "deploy/examples/ledger.hpp"
#include "dispatch/v1/event.pb.h"

#include <CLI/CLI.hpp>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

/// A consumer of a zone's events, in three uses: notices to people, bookings, and counts. Each
/// event has its effects once, whatever dies when. An event whose handling fails is tried again
/// with growing pauses, and at last put aside for a person.
namespace {

using namespace std::chrono_literals;
using dispatch::v1::Event;

constexpr int ids_kept_days = 7; // longer than the output stream keeps events

struct options {
  example::source_settings source;
  std::string use = "analytics";
  std::string database;
  std::uint64_t attempts = 5;
  std::chrono::milliseconds first_pause{200};
  std::chrono::milliseconds longest_pause{30'000};
  std::map<std::string, std::uint64_t> rehearsed; ///< failures by end of the subject; 0: always
  bool report = false;
};

/// One use of the events.
struct use {
  const char* filter; ///< behind root.out.zone.
  const char* table;
  const char* report;
  void (*handle)(example::ledger& to, const std::string& id, const Event& event,
                 const std::string& name);
};

/// To be sent by whoever reads the table; the id tells the service a repeat.
void notify(example::ledger& to, const std::string& id, const Event& event, const std::string&) {
  const auto write = [&](const std::string& whom, const char* text) {
    to.write("INSERT INTO notices VALUES (?, ?, ?)", {id, whom, text});
  };
  const auto& order = event.entity().id();
  if (event.has_order_offered()) {
    write("rider " + event.order_offered().rider(), "There is an offer for you.");
  } else if (event.has_order_assigned()) {
    write("customer of " + order, "A rider is on the way to the station.");
  } else if (event.has_order_picked_up()) {
    write("customer of " + order, "Your order is on its way.");
  } else if (event.has_order_delivered()) {
    write("customer of " + order, "Your order has arrived.");
  }
}

void book(example::ledger& to, const std::string& id, const Event& event, const std::string&) {
  const auto write = [&](const char* what) {
    to.write("INSERT INTO bookings VALUES (?, ?, ?)", {id, event.entity().id(), what});
  };
  if (event.has_order_delivered()) {
    write("fee");
  } else if (event.has_order_refund_requested()) {
    write("refund");
  }
}

void count(example::ledger& to, const std::string&, const Event&, const std::string& name) {
  to.write("INSERT INTO counts VALUES (?, 1) ON CONFLICT (event) DO UPDATE SET times = times + 1",
           {name});
}

const std::map<std::string, use> uses = {
    {"push",
     {"order.>", "notices (event_id TEXT, whom TEXT, text TEXT)",
      "SELECT whom, text FROM notices ORDER BY whom, event_id", notify}},
    {"billing",
     {"order.>", "bookings (event_id TEXT, order_id TEXT, what TEXT)",
      "SELECT order_id, what FROM bookings ORDER BY order_id, what", book}},
    // Six tokens: all events, and no dead letters.
    {"analytics",
     {"*.*.*", "counts (event TEXT PRIMARY KEY, times INTEGER)",
      "SELECT event, times FROM counts ORDER BY event", count}},
};

/// kind.event, such as order.placed.
std::string name_of(const std::string& subject) {
  const auto last = subject.rfind('.');
  const auto id = subject.rfind('.', last - 1);
  const auto kind = subject.rfind('.', id - 1);
  return subject.substr(kind + 1, id - kind - 1) + subject.substr(last);
}

/// For the rehearsal of failures, of which the real ones make no appointment.
void fail_if_rehearsed(const options& asked, const example::delivered_event& delivered) {
  for (const auto& [end, times] : asked.rehearsed) {
    if (delivered.subject.ends_with(end) && (times == 0 || delivered.attempt <= times)) {
      throw std::runtime_error("rehearsed failure " + std::to_string(delivered.attempt));
    }
  }
}

std::string json_of(const Event& event) {
  google::protobuf::util::JsonPrintOptions how;
  how.preserve_proto_field_names = true;
  std::string text;
  const auto status = google::protobuf::util::MessageToJsonString(event, &text, how);
  return status.ok() ? text : "{}";
}

/// Another attempt later or, when there were enough, a place among those for a person to look at.
void settle_failure(const options& asked, example::event_source& source,
                    const example::delivered_event& delivered, const Event& event,
                    const std::string& error) {
  std::cerr << delivered.id << ", attempt " << delivered.attempt << ": " << error << '\n';
  if (delivered.attempt < asked.attempts) {
    const auto doublings = std::min<std::uint64_t>(delivered.attempt - 1, 20);
    source.postpone(delivered, std::min(asked.first_pause * (1 << doublings), asked.longest_pause));
    return;
  }
  try {
    source.give_up(delivered, error, json_of(event));
  } catch (const std::exception& failure) {
    std::cerr << delivered.id << ": " << failure.what() << "; it will come again\n";
  }
}

void consume(const options& asked, const use& as, example::ledger& effects) {
  example::event_source source{asked.source};
  for (;;) {
    const auto delivered = source.next(60s);
    if (!delivered) {
      continue;
    }
    Event event;
    try {
      if (!event.ParseFromString(delivered->body)) {
        throw std::runtime_error("not a dispatch.v1.Event");
      }
      fail_if_rehearsed(asked, *delivered);
      effects.once(delivered->id,
                   [&] { as.handle(effects, delivered->id, event, name_of(delivered->subject)); });
      source.confirm(*delivered);
    } catch (const std::exception& error) {
      settle_failure(asked, source, *delivered, event, error.what());
    }
  }
}

void add_options(CLI::App& program, options& asked) {
  auto& source = asked.source;
  program.add_option("--server", source.server, "URL of NATS")->required();
  program.add_option("--creds", source.credentials, "file with the user's JWT and seed")
      ->check(CLI::ExistingFile);
  auto* user = program.add_option("--user", source.user, "the user's name");
  auto* password = program.add_option("--password-file", source.password_file,
                                      "file with the user's password in its first line");
  user->needs(password->check(CLI::ExistingFile));
  program.add_option("--zone", source.zone, "whose events")->required();
  program.add_option("--as", asked.use, "what to do with them")
      ->check(CLI::IsMember({"push", "billing", "analytics"}))
      ->capture_default_str();
  program.add_option("--name", source.consumer, "of the durable consumer; as --as if not given");
  program.add_option("--database", asked.database, "SQLite file of effects")->required();
  program.add_option("--attempts", asked.attempts, "then an event is put aside")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  program.add_option_function<int>(
      "--first-pause-ms", [&](int ms) { asked.first_pause = std::chrono::milliseconds{ms}; },
      "before the second attempt; each further one is twice as long (200)");
  program.add_option_function<std::vector<std::string>>(
      "--rehearse-failure",
      [&](const std::vector<std::string>& all) {
        for (const auto& one : all) {
          const auto split = std::min(one.find('='), one.size() - 1);
          asked.rehearsed[one.substr(0, split)] = std::strtoull(&one[split + 1], nullptr, 10);
        }
      },
      "SUBJECT_END=TIMES: fail so often on such events, 0 for ever");
  program.add_flag("--report", asked.report, "only show the effects so far");
}

} // namespace

int main(int argc, char** argv) {
  CLI::App program{"Consumes the events of a Dispatch zone, each once.", "event_consumer"};
  options asked;
  add_options(program, asked);
  CLI11_PARSE(program, argc, argv);
  try {
    const auto& as = uses.at(asked.use);
    if (asked.source.consumer.empty()) {
      asked.source.consumer = asked.use;
    }
    asked.source.filter = "dispatch.out." + asked.source.zone + "." + as.filter;
    example::ledger effects{asked.database};
    effects.write(std::string{"CREATE TABLE IF NOT EXISTS "} + as.table);
    if (asked.report) {
      for (const auto& [first, second] : effects.read(as.report)) {
        std::cout << first << '\t' << second << '\n';
      }
      return 0;
    }
    effects.forget_ids_older_than(ids_kept_days);
    consume(asked, as, effects);
  } catch (const std::exception& error) {
    std::cerr << "event_consumer: " << error.what() << '\n';
    return 1;
  }
}
