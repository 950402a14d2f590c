#include "persistence/files/snapshot_file.hpp"

#include "persistence/files/frames.hpp"
#include "persistence/files/packing.hpp"

#include <algorithm>
#include <utility>

namespace dispatch::files {

namespace {

/// The first number of a frame. Stored: never renumber.
enum class content : std::uint64_t { head = 1, entity = 2, applied = 3 };

std::uint64_t number_of(timestamp at) {
  return static_cast<std::uint64_t>(at.time_since_epoch().count());
}

timestamp time_of(std::uint64_t number) {
  return timestamp{duration{static_cast<duration::rep>(number)}};
}

void pack(packer& to, const entity_ref& entity) {
  to.number(static_cast<std::uint64_t>(entity.kind)).text(entity.id);
}

entity_ref unpack_entity(unpacker& from) {
  const auto kind = static_cast<entity_kind>(from.number());
  return {kind, std::string{from.text()}};
}

std::string packed(const store_head& head) {
  const auto& p = head.position;
  packer to;
  to.number(static_cast<std::uint64_t>(content::head)).number(p.number).number(p.log_sequence);
  to.text({reinterpret_cast<const char*>(p.hash.data()), p.hash.size()});
  to.number(p.epoch).number(number_of(p.now)).number(p.input_position);
  to.number(p.input_fingerprint).number(p.digest);
  to.number(head.announced.number).number(head.announced.index);
  to.number(head.announced.out_sequence).text(head.record);
  return to.take();
}

store_head unpack_head(unpacker& from) {
  store_head head;
  auto& p = head.position;
  p.number = from.number();
  p.log_sequence = from.number();
  const auto hash = from.text();
  if (hash.size() != p.hash.size()) {
    throw bad_packing{};
  }
  std::ranges::transform(hash, p.hash.begin(), [](char c) { return static_cast<std::byte>(c); });
  p.epoch = from.number();
  p.now = time_of(from.number());
  p.input_position = from.number();
  p.input_fingerprint = from.number();
  p.digest = from.number();
  head.announced.number = from.number();
  head.announced.index = static_cast<std::uint32_t>(from.number());
  head.announced.out_sequence = from.number();
  head.record = from.text();
  return head;
}

std::string packed(const kept_entity& entity) {
  const auto& row = entity.snapshot;
  packer to;
  to.number(static_cast<std::uint64_t>(content::entity));
  pack(to, row.entity);
  to.text(row.state).text(row.status).number(row.live ? 1 : 0).text(row.cell).number(row.load);
  to.number(row.deadline ? 1 : 0).number(number_of(row.deadline.value_or(timestamp{})));
  to.number(entity.record).number(static_cast<std::uint64_t>(entity.waiting));
  for (const auto number : entity.touched) {
    to.number(number);
  }
  return to.take();
}

kept_entity unpack_kept_entity(unpacker& from) {
  kept_entity entity;
  auto& row = entity.snapshot;
  row.entity = unpack_entity(from);
  row.state = from.text();
  row.status = from.text();
  row.live = from.number() != 0;
  row.cell = from.text();
  row.load = static_cast<std::uint32_t>(from.number());
  const auto has_deadline = from.number() != 0;
  const auto deadline = time_of(from.number());
  row.deadline = has_deadline ? std::optional{deadline} : std::nullopt;
  entity.record = from.number();
  entity.waiting = static_cast<waiting_reason>(from.number());
  while (!from.done()) {
    entity.touched.push_back(from.number());
  }
  return entity;
}

std::string packed(const applied_id& applied) {
  packer to;
  to.number(static_cast<std::uint64_t>(content::applied)).text(applied.id);
  pack(to, applied.target);
  to.number(applied.body_hash).number(number_of(applied.at)).text(applied.first_event);
  to.number(applied.record);
  return to.take();
}

applied_id unpack_applied(unpacker& from) {
  applied_id applied;
  applied.id = from.text();
  applied.target = unpack_entity(from);
  applied.body_hash = from.number();
  applied.at = time_of(from.number());
  applied.first_event = from.text();
  applied.record = from.number();
  return applied;
}

struct file_sink final : store_sink {
  explicit file_sink(frame_writer& writer) : to(writer) {}

  frame_writer& to;
  store_head first;

  status put(const store_head& head) override {
    first = head;
    return to.put(packed(head));
  }
  status put(const kept_entity& entity) override { return to.put(packed(entity)); }
  status put(const applied_id& applied) override { return to.put(packed(applied)); }
};

status put_frame(const std::string& frame, store_sink& to) {
  unpacker from{frame};
  switch (static_cast<content>(from.number())) {
  case content::head:
    return to.put(unpack_head(from));
  case content::entity:
    return to.put(unpack_kept_entity(from));
  case content::applied:
    return to.put(unpack_applied(from));
  }
  throw bad_packing{};
}

} // namespace

result<snapshot_file> write_snapshot(const std::filesystem::path& file,
                                     const std::function<status(store_sink&)>& copy) {
  auto writer = frame_writer::create(file, snapshot_kind);
  if (!writer) {
    return writer.error();
  }
  file_sink sink{*writer};
  if (auto copied = copy(sink); !copied) {
    return copied.error();
  }
  if (auto finished = writer->finish(file, false); !finished) {
    return finished.error();
  }
  return snapshot_file{std::move(sink.first), writer->bytes(), writer->hash()};
}

status read_snapshot(const byte_source& from, store_sink& to) {
  frame_reader reader{from, snapshot_kind};
  for (;;) {
    const auto frame = reader.next();
    if (!frame || !*frame) {
      return frame ? status{nothing{}} : status{frame.error()};
    }
    try {
      if (auto put = put_frame(**frame, to); !put) {
        return put;
      }
    } catch (const bad_packing& error) {
      return failure{error.what()};
    }
  }
}

} // namespace dispatch::files
