#pragma once

#include "messages/nats/connection/connection.hpp"
#include "messages/ports/snapshot_shelf.hpp"

#include <memory>
#include <string>
#include <vector>

namespace dispatch::nats {

/// The snapshots of one zone in the stream of all zones' snapshots. An installation without that
/// stream has no snapshots, and ships none. Its connection should carry nothing urgent.
class nats_snapshot_shelf final : public snapshot_shelf {
public:
  nats_snapshot_shelf(std::shared_ptr<connection> on, const std::string& root, std::string zone);

  status put_chunks(std::uint64_t number, const byte_source& next) override;
  status put_manifest(const snapshot_manifest& manifest) override;
  result<std::vector<snapshot_manifest>> complete() override;
  result<std::vector<std::uint64_t>> begun() override;
  result<std::optional<std::string>> chunk(std::uint64_t number, std::uint32_t index) override;
  status remove(std::uint64_t number) override;

private:
  result<std::vector<std::string>> subjects_below(const std::string& filter);
  status purge(const std::string& filter);

  const std::shared_ptr<connection> connection_;
  const std::string root_;
  const std::string zone_;
  const std::string stream_;
};

} // namespace dispatch::nats
