#pragma once

#include "persistence/store.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace dispatch::daemon {

/// Answers questions about one zone from what its store remembers, states after committed records
/// only, and from those records. Changes nothing. Safe to call from any number of threads.
///
/// Requests and answers are JSON objects, as admin_requests.hpp lists them; a request may be empty.
/// A question that has no answer is answered {"error": {"code", "err_code", "description"}}.
class admin_service {
public:
  /// The bytes of a committed record, wherever they are kept; nullopt: nowhere.
  using record_source = std::function<result<std::optional<std::string>>(std::uint64_t number)>;

  /// `status` tells how the zone is doing, as a JSON object.
  admin_service(store& remembered, std::string zone, std::function<std::string()> status,
                record_source records);

  /// Never fails, whatever the bytes.
  std::string answer(std::string_view verb, std::string_view body) const;

  /// What is answered instead when too many questions wait.
  std::string busy() const;

  /// What a question is answered that is longer than `question_bytes_max`.
  std::string too_long() const;

private:
  using json = nlohmann::ordered_json;

  std::string record(const json& request) const;
  json dispatch_verb(std::string_view verb, const json& request) const;
  json list(const json& request) const;
  json get(const json& request) const;
  json history(const json& request) const;
  json explain(const json& request) const;

  store& store_;
  const std::string zone_;
  const std::function<std::string()> status_;
  const record_source records_;
};

} // namespace dispatch::daemon
