#pragma once

#include "cmd/audit/auditor.hpp"
#include "messages/records/record.hpp"
#include "messages/records/stream.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

/// Writes the streams of a zone by hand, event by event: what a checker is to be tested with must
/// not come from what it checks.
namespace script {

struct output {
  std::string id;
  std::string subject;
  std::string body;
};

/// Sequences are places, from 1 on.
struct streams {
  std::vector<std::string> log;
  std::vector<output> out;
  std::vector<dispatch::stored_message> in;
};

/// Time of the record at this place in a story.
dispatch::timestamp time_of(std::size_t place);

/// One record to be, and the inputs that it consumes.
class turn {
public:
  turn& open();
  /// A command; the events that follow name it.
  turn& command(dispatch::entity_ref target, dispatch::command_body body, std::string id = {},
                std::string by = {});
  turn& deadline(dispatch::entity_ref target);
  turn& dead_letter(std::string subject, std::string body);
  /// Events of the last command, or of none.
  turn& order(const std::string& id, dispatch::order_event body);
  turn& rider(const std::string& id, dispatch::rider_event body);
  turn& answer(dispatch::entity_ref who, dispatch::event_body body);
  /// The events that follow are nobody's command.
  turn& by_dispatcher();

  dispatch::record r;
  std::vector<dispatch::stored_message> inputs; ///< without sequences and times

private:
  std::string cause_;
};

/// Records in a row; numbers, hashes, epochs, times and positions come when it is written down.
using story = std::vector<turn>;

/// A day of the zone `z`: a delivery, an offer that expires, a refund, an operator's assignment,
/// a takeover, a repeat, a refusal and a dead letter. There is nothing wrong with it.
story good_day();

/// Places in good_day().
inline constexpr std::size_t offer_turn = 3;
inline constexpr std::size_t accept_turn = 4;
inline constexpr std::size_t pick_up_turn = 6;
inline constexpr std::size_t deliver_turn = 8;
inline constexpr std::size_t cancel_turn = 9;
inline constexpr std::size_t takeover_turn = 10;
inline constexpr std::size_t expiry_turn = 12;
inline constexpr std::size_t by_hand_turn = 13;

/// Writes a story down. `tamper` may change a record before it is hashed and encoded.
streams write(const story& of, const std::function<void(dispatch::record&)>& tamper = {});

/// The verdict on streams, with every output required to be there, and no check left out. Each
/// record was stored a millisecond after its time in the story.
dispatch::audit::audit_report judge(const streams& what, dispatch::audit::audit_options how = {});

dispatch::entity_ref order(const std::string& id);
dispatch::entity_ref rider(const std::string& id);

/// Both stops of an order, to which it adds `load`.
dispatch::stop pick_up(const std::string& order, std::uint32_t load = 1);
dispatch::stop drop_off(const std::string& order, std::uint32_t load = 1);

} // namespace script
