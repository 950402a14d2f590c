#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct sqlite3;

namespace example {

/// A database in which every event has its effects once: they are written in one transaction with
/// the event's id. Members throw std::runtime_error.
class ledger {
public:
  explicit ledger(const std::string& file);

  /// Runs `effect` and notes the id, both or neither. False when the id was noted before.
  bool once(const std::string& event_id, const std::function<void()>& effect);

  /// Runs a statement whose parameters are texts.
  void write(const std::string& statement, const std::vector<std::string>& parameters = {});

  /// The two columns of a query.
  std::vector<std::pair<std::string, std::string>> read(const std::string& query);

  /// Ids are of use as long as the server may deliver the event again.
  void forget_ids_older_than(int days);

private:
  struct close {
    void operator()(sqlite3* it) const;
  };
  int changes() const;

  std::unique_ptr<sqlite3, close> database_;
};

} // namespace example
