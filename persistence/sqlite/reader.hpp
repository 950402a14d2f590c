#pragma once

#include "persistence/sqlite/statement.hpp"
#include "persistence/store.hpp"

#include <filesystem>

namespace dispatch::sqlite {

/// A connection that reads a zone's file, which a writer has opened before. Throws `error`. Each
/// call sees the state after some write.
class reader {
public:
  explicit reader(const std::filesystem::path& file);

  store_position position();
  std::string incarnation();
  announced_position announced();
  std::optional<attempted_command> attempted();
  std::vector<std::optional<std::string>> load(std::span<const entity_ref> entities);
  void for_each_live(
      const std::function<void(const entity_ref&, std::string_view, waiting_reason)>& visit);
  void for_each_applied(timestamp since, const std::function<void(const applied_id&)>& visit);
  std::vector<entity_row> list(entity_kind kind, std::string_view status, std::string_view after,
                               std::size_t limit);
  std::optional<entity_row> get(const entity_ref& entity);
  std::vector<std::uint64_t> touched(const entity_ref& entity);
  std::optional<std::string> journal(std::uint64_t number);
  status copy_to(store_sink& to);

private:
  connection database_;
  statement position_;
  statement announced_;
  statement attempted_;
  statement load_;
  statement live_;
  statement applied_;
  statement list_all_;
  statement list_status_;
  statement list_leaving_;
  statement get_;
  statement touched_;
  statement journal_;
  statement entities_;
};

} // namespace dispatch::sqlite
