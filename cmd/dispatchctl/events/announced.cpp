#include "cmd/dispatchctl/events/announced.hpp"

#include "cmd/shared/exit_code.hpp"
#include "cmd/shared/time_text.hpp"
#include "messages/wire/codec.hpp"

#include <nlohmann/json.hpp>

namespace dispatch::ctl {

using cli::exit_code;
using cli::value_or_stop;
using json = nlohmann::ordered_json;

json to_json(const announced& message) {
  json shown = {{"sequence", message.sequence}};
  if (const auto* letter = std::get_if<dead_letter>(&message.what)) {
    shown["dead_letter"] = {{"input", letter->sequence},  {"at", cli::to_text(letter->at)},
                            {"subject", letter->subject}, {"reason", letter->reason},
                            {"detail", letter->detail},   {"excerpt", letter->excerpt}};
  } else {
    shown["event"] = event_name(std::get<event>(message.what).body);
    shown.update(json::parse(value_or_stop(wire::event_to_json(message.body), exit_code::failed)));
  }
  return shown;
}

} // namespace dispatch::ctl
