#include "messages/nats/ports/zone_road.hpp"

#include "messages/limits.hpp"
#include "messages/nats/connection/api.hpp"
#include "messages/nats/connection/publish_ack.hpp"
#include "messages/wire/codec.hpp"
#include "messages/wire/subjects.hpp"

#include <array>
#include <utility>

namespace dispatch::nats {

nats_zone_road::nats_zone_road(std::shared_ptr<connection> on, std::string root)
    : connection_(std::move(on)), root_(std::move(root)) {}

result<bool> nats_zone_road::exists(const std::string& zone) {
  const auto found = api::find_stream(*connection_, wire::input_stream(root_, zone));
  if (!found) {
    return found.error();
  }
  return found->has_value();
}

status nats_zone_road::tell(const std::string& zone, const std::string& rider,
                            const rider_command& command, const std::string& id,
                            const std::string& by) {
  const command_body body{command};
  const auto subject =
      wire::subjects{root_}.command(zone, {entity_kind::rider, rider}, wire::verb_of(body), by);
  const std::array headers = {header{wire::command_id_header, id.c_str()},
                              header{"Content-Type", "application/protobuf"}};
  const auto ack = connection_->publish_stored(
      subject, headers, wire::encode_command(body, wire::encoding::protobuf), limits::port_timeout);
  if (!ack) {
    return ack.error();
  }
  if (verdict_of(*ack) != ack_verdict::stored) {
    return failure{"zone " + zone + " does not take the command: " + ack->error};
  }
  return nothing{};
}

result<std::optional<event>> nats_zone_road::newest(const std::string& zone,
                                                    const std::string& rider,
                                                    std::string_view event_name) {
  const auto stream = wire::output_stream(root_, zone);
  const auto found = api::find_stream(*connection_, stream);
  if (!found) {
    return found.error();
  }
  if (!*found) {
    return std::optional<event>{};
  }
  const auto subject = wire::subjects{root_}.event(zone, {entity_kind::rider, rider}, event_name);
  const auto last = api::last_message_on(*connection_, stream, subject);
  if (!last) {
    return last.error();
  }
  if (!*last) {
    return std::optional<event>{};
  }
  auto decoded = wire::decode_event((*last)->message.body);
  if (!decoded) {
    return decoded.error();
  }
  return std::optional{std::move(*decoded)};
}

} // namespace dispatch::nats
