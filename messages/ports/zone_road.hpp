#pragma once

#include "messages/entities/rider.hpp"
#include "messages/records/event.hpp"
#include "messages/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace dispatch {

/// Port: the way to the zones, for riders who go from one to another. Calls block, and may come
/// from any thread.
class zone_road {
public:
  virtual ~zone_road() = default;

  virtual result<bool> exists(const std::string& zone) = 0;

  /// Stores a command for a rider in a zone's input stream, in the name of `by`, as an operator's.
  /// After a failure it may or may not be stored.
  virtual status tell(const std::string& zone, const std::string& rider,
                      const rider_command& command, const std::string& id,
                      const std::string& by) = 0;

  /// The newest event of this name that a zone has announced of a rider; nullopt: none is kept.
  virtual result<std::optional<event>> newest(const std::string& zone, const std::string& rider,
                                              std::string_view event_name) = 0;
};

} // namespace dispatch
