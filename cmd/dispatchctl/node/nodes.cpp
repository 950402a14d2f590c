#include "cmd/dispatchctl/node/nodes.hpp"

#include "actors/host/ownership.hpp"
#include "cmd/dispatchctl/node/leases.hpp"
#include "cmd/shared/command_line.hpp"
#include "cmd/shared/exit_code.hpp"
#include "cmd/shared/time_text.hpp"
#include "messages/nats/bucket_watch.hpp"

#include <condition_variable>
#include <mutex>

namespace dispatch::ctl {

namespace {

using namespace std::chrono_literals;
using cli::exit_code;
using cli::stop;
using cli::value_or_stop;

void expect_node(const leases& known, const std::string& node) {
  if (known.find(node) == nullptr) {
    throw stop(exit_code::not_found,
               "there is no node " + node + "; 'dispatchctl node list' shows them");
  }
}

/// How many zones the node has claimed by what is known now.
std::size_t claims_of(const nats::bucket_watch::entries& entries, const std::string& node) {
  std::size_t count = 0;
  for (const auto& [key, entry] : entries) {
    const auto claims = key.starts_with(wire::claim_key(""));
    const auto by = claims ? ownership::claim_from_json(entry.value) : std::nullopt;
    count += by && by->node == node ? 1 : 0;
  }
  return count;
}

} // namespace

void describe(CLI::App& verb, node_list&) {
  verb.description("List all nodes, and how many zones each of them runs");
  verb.footer(
      R"(STATE: live, drained (live, but to run nothing), leaving, or silent for 5 s and more.

Example:
  dispatchctl node list)");
}

void describe(CLI::App& verb, node_drain& asked) {
  verb.description("Move a node's zones to other nodes, one by one, and keep it empty");
  verb.add_option("node", asked.node, "its name")->required()->check(id_rule());
  cli::add_span(verb, "--wait", asked.patience, "for its zones to have moved; 0s: do not wait");
  verb.footer(R"(Publishers notice nothing. A zone moves when its next owner has caught up; without
another node that can take it, it stays. 'node undrain' takes the wish back.

Example:
  dispatchctl node drain rack-3 && ssh rack-3 reboot)");
}

void describe(CLI::App& verb, node_undrain& asked) {
  verb.description("Let a drained node have zones again");
  verb.add_option("node", asked.node, "its name")->required()->check(id_rule());
  verb.footer(R"(Example:
  dispatchctl node undrain rack-3)");
}

void describe(CLI::App& verb, node_forget& asked) {
  verb.description("Take a node that is gone for ever off the list");
  verb.add_option("node", asked.node, "its name")->required()->check(id_rule());
  verb.footer(R"(Only a silent node is forgotten, and a wish to drain it. One that starts again is
back at once. Its zones are elsewhere already.

Example:
  dispatchctl node forget rack-3)");
}

void run(const node_list&, session& session) {
  using cli::align;
  cli::table rows{{"NODE"},
                  {"STATE"},
                  {"ZONES", align::right},
                  {"CAPACITY", align::right},
                  {"HEARD OF", align::right}};
  auto all = json::array();
  for (const auto& node : read_leases(session).nodes) {
    const auto ago = std::chrono::duration_cast<std::chrono::milliseconds>(node.age);
    all.push_back({{"node", node.name},
                   {"state", node.state()},
                   {"zones", node.zones},
                   {"capacity", node.capacity},
                   {"heard_of_ms_ago", ago.count()}});
    rows.add_row({node.name, node.state(), std::to_string(node.zones), json(node.capacity).dump(),
                  cli::to_text(ago) + " ago"});
  }
  session.print(all, rows);
}

void run(const node_drain& asked, session& session) {
  expect_node(read_leases(session), asked.node);
  (void)value_or_stop(leases_bucket(session).set(wire::drain_key(asked.node), "{}"),
                      exit_code::failed);
  if (asked.patience == 0s) {
    session.say("node " + asked.node + " is being drained");
    return;
  }
  std::mutex mutex;
  std::condition_variable changed;
  bool due = true;
  std::size_t left = 0;
  const nats::bucket_watch watch{session.connection(), wire::leases_bucket(session.root()), [&] {
                                   const std::scoped_lock lock{mutex};
                                   due = true;
                                   changed.notify_all();
                                 }};
  const auto until = std::chrono::steady_clock::now() + asked.patience;
  std::unique_lock lock{mutex};
  for (;;) {
    if (!changed.wait_until(lock, until, [&] { return due; })) {
      throw stop(exit_code::failed, "node " + asked.node + " still runs " + std::to_string(left) +
                                        " zones: no other node has taken them. The " +
                                        "wish stays, and they move when one can. `dispatchctl " +
                                        "node undrain " + asked.node + "` takes the wish back");
    }
    due = false;
    const auto entries = watch.now();
    if (!entries.contains(wire::drain_key(asked.node))) {
      continue; // What was stored before the wish has not come yet.
    }
    const auto now_left = claims_of(entries, asked.node);
    if (now_left == 0) {
      session.say("node " + asked.node + " runs nothing");
      return;
    }
    if (now_left != left) {
      session.say("node " + asked.node + " has " + std::to_string(now_left) +
                  " zones to hand over");
    }
    left = now_left;
  }
}

void run(const node_undrain& asked, session& session) {
  auto bucket = leases_bucket(session);
  const auto wish = value_or_stop(bucket.get(wire::drain_key(asked.node)), exit_code::failed);
  if (!wish) {
    expect_node(read_leases(session), asked.node);
    session.say("node " + asked.node + " was not drained");
    return;
  }
  (void)value_or_stop(bucket.erase(wish->key, wish->revision), exit_code::conflict);
  session.say("node " + asked.node + " may have zones again");
}

void run(const node_forget& asked, session& session) {
  const auto known = read_leases(session);
  expect_node(known, asked.node);
  if (!known.find(asked.node)->silent()) {
    throw stop(exit_code::conflict, "node " + asked.node + " is not silent; stop it first");
  }
  auto bucket = leases_bucket(session);
  for (const auto& key : {wire::drain_key(asked.node), wire::heartbeat_key(asked.node)}) {
    if (const auto entry = value_or_stop(bucket.get(key), exit_code::failed)) {
      value_or_stop(bucket.erase(key, entry->revision), exit_code::conflict);
    }
  }
  session.say("node " + asked.node + " is forgotten");
}

} // namespace dispatch::ctl
