#pragma once

#include "messages/nats/connection/connection.hpp"
#include "messages/ports/zone_road.hpp"

#include <memory>
#include <string>

namespace dispatch::nats {

/// Other zones by their input and output streams.
class nats_zone_road final : public zone_road {
public:
  nats_zone_road(std::shared_ptr<connection> on, std::string root);

  result<bool> exists(const std::string& zone) override;
  status tell(const std::string& zone, const std::string& rider, const rider_command& command,
              const std::string& id, const std::string& by) override;
  result<std::optional<event>> newest(const std::string& zone, const std::string& rider,
                                      std::string_view event_name) override;

private:
  const std::shared_ptr<connection> connection_;
  const std::string root_;
};

} // namespace dispatch::nats
