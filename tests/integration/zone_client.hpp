#pragma once

#include "cmd/client/follower.hpp"
#include "messages/nats/connection/connection.hpp"
#include "messages/nats/connection/publish_ack.hpp"
#include "messages/records/event.hpp"
#include "messages/records/record.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dispatch::integration {

/// Header fields of a command; empty ones are left out.
struct command_headers {
  std::string id = {};         ///< as the server's own header has it
  std::string command_id = {}; ///< as the contract says
  std::string content_type = {};
  std::string trace = {};
};

/// Talks to one zone as its users do: commands in, announcements out. Used from one thread.
class zone_client {
public:
  /// Follows the zone's output stream from its beginning.
  zone_client(std::shared_ptr<nats::connection> on, std::string zone);

  /// Publishes to the input stream below the zone's subject, such as `order.o1.place`, and returns
  /// the stream's answer, whatever it is. Throws when there is none.
  nats::publish_ack publish(const std::string& what, std::string_view body,
                            const command_headers& with = {});

  /// The same for a command that must be stored; returns the id by which events name it.
  std::string tell(const std::string& what, std::string_view body = "{}",
                   const command_headers& with = {});

  /// The same, and waits for the first event with that id.
  event ask(const std::string& what, std::string_view body = "{}",
            const command_headers& with = {});

  /// The first event with the command id; waits for it.
  event outcome(const std::string& command_id);

  /// What became of the input at this sequence, if it is a dead letter; waits for it.
  dead_letter burial(std::uint64_t sequence);

  /// Waits until an event is announced as `kind.id.name` for the n-th time.
  event await_event(const std::string& subject_end, std::size_t times = 1);

  /// Waits until so many events of this name were announced, whatever they are of.
  void await_count(const std::string& name, std::size_t count);

  /// Takes in what has been announced, without waiting for more.
  void look() {
    while (take({})) {
    }
  }

  /// Everything announced so far.
  const std::vector<event>& events() const { return events_; }
  const std::map<std::uint64_t, dead_letter>& dead_letters() const { return dead_letters_; }

  /// Whether an announced event or a dead letter has named the input.
  bool answered(std::uint64_t sequence, const std::string& command_id) const {
    return by_command_.contains(command_id) || dead_letters_.contains(sequence);
  }

  /// Waits until it is so; asked after every announcement.
  void await(const std::string& what, const std::function<bool()>& so);

  /// The answer to an admin question.
  nlohmann::json admin(const std::string& verb,
                       const nlohmann::json& question = nlohmann::json::object());

private:
  /// The next announcement; false when none has come until then.
  bool take(client::steady::time_point until);

  const std::shared_ptr<nats::connection> on_;
  const std::string zone_;
  std::vector<event> events_;
  std::map<std::string, std::size_t> by_command_; ///< its first event
  std::map<std::string, std::vector<std::size_t>> by_subject_;
  std::map<std::string, std::size_t> counts_; ///< by name
  std::map<std::uint64_t, dead_letter> dead_letters_;
  client::follower announcements_;
};

/// The bodies of the commands that tests send most.
std::string order_body(bool prepaid = true, double latitude = 7.1, double longitude = -73.1);
std::string shift_body(double latitude = 7.1, double longitude = -73.1);

/// The refusal in an event; `none` when it is another event.
refusal refusal_in(const event& e);

/// The offer that a rider received with this event; throws when it is another event.
offer offer_in(const event& e);

} // namespace dispatch::integration
