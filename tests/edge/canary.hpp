#pragma once

#include "messages/nats/connection/connection.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace dispatch::edge {

/// A secret of the run, and where it has no business to be. The input stream has what senders
/// wrote, and the bucket of notes what customers have to say: nowhere else may the secret occur.
class canary {
public:
  explicit canary(std::string secret) : secret_(std::move(secret)) {}

  const std::string& secret() const { return secret_; }

  /// Looks into a text, such as a page, a log or an answer.
  void look_into(const std::string& place, const std::string& text);
  /// Looks into the files below a directory, or into one file.
  void look_into(const std::filesystem::path& files);
  /// Looks into every message of every stream but those above.
  void look_into(nats::connection& on);

  /// The places at which the secret was found, a line each.
  std::string found() const;

  /// How much was looked into. Zero proves nothing.
  std::size_t bytes() const { return bytes_; }

private:
  std::string secret_;
  std::vector<std::string> places_;
  std::size_t bytes_ = 0;
};

} // namespace dispatch::edge
