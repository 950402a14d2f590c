#pragma once

#include "messages/entities/travel.hpp"
#include "messages/result.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace dispatch::osrm {

/// Asks over HTTP, on a thread of its own, in the order of asking. A question that is not answered
/// within `limits::travel_time_limit` of its asking has failed.
class table_engine final : public travel_engine {
public:
  /// The engine at a base URL such as `http://127.0.0.1:5000`. Fails, naming the rule, for what is
  /// no such URL; whether somebody answers there shows when asking.
  static result<std::unique_ptr<table_engine>> at(const std::string& base_url);

  ~table_engine() override;

  /// Answers once, from its thread, unless it is stopped before.
  void ask(travel_question question,
           std::function<void(std::optional<travel_table>)> done) override;

  /// Ends the thread. What has not been answered then is never answered.
  void stop();

private:
  struct implementation;
  explicit table_engine(std::unique_ptr<implementation> made);
  std::unique_ptr<implementation> implementation_;
};

} // namespace dispatch::osrm
