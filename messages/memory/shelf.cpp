#include "messages/memory/call.hpp"
#include "messages/memory/streams.hpp"

#include <utility>

namespace dispatch::memory {

result<std::vector<snapshot_manifest>> shelf::complete() {
  if (!begin(*by_, connection::call::read)) {
    return gone;
  }
  std::vector<snapshot_manifest> found;
  for (auto at = on_->rbegin(); at != on_->rend(); ++at) {
    if (at->second.manifest) {
      found.push_back(*at->second.manifest);
    }
  }
  return found;
}

result<std::vector<std::uint64_t>> shelf::begun() {
  if (!begin(*by_, connection::call::read)) {
    return gone;
  }
  std::vector<std::uint64_t> numbers;
  for (const auto& [number, snapshot] : *on_) {
    numbers.push_back(number);
  }
  return numbers;
}

status shelf::put_chunks(std::uint64_t number, const byte_source& next) {
  for (std::uint32_t index = 0;; ++index) {
    auto part = next();
    if (!part || part->empty()) {
      return part ? status{nothing{}} : status{part.error()};
    }
    if (!begin(*by_, connection::call::keep)) {
      return gone;
    }
    (*on_)[number].chunks[index] = std::move(*part);
  }
}

status shelf::put_manifest(const snapshot_manifest& manifest) {
  if (!begin(*by_, connection::call::keep)) {
    return gone;
  }
  (*on_)[manifest.number].manifest = manifest;
  return nothing{};
}

result<std::optional<std::string>> shelf::chunk(std::uint64_t number, std::uint32_t index) {
  if (!begin(*by_, connection::call::read)) {
    return gone;
  }
  const auto at = on_->find(number);
  if (at == on_->end() || !at->second.chunks.contains(index)) {
    return std::optional<std::string>{};
  }
  return std::optional{at->second.chunks.at(index)};
}

status shelf::remove(std::uint64_t number) {
  if (!begin(*by_, connection::call::keep)) {
    return gone;
  }
  if (const auto found = on_->find(number); found != on_->end()) {
    found->second.manifest.reset();
  }
  if (!begin(*by_, connection::call::keep)) {
    return gone;
  }
  on_->erase(number);
  return nothing{};
}

} // namespace dispatch::memory
