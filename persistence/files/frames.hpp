#pragma once

#include "messages/ports/snapshot_shelf.hpp"
#include "messages/result.hpp"
#include "messages/wire/codec.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

/// Files of snapshots and archives: eight bytes that name the kind, then frames, each its length
/// (4 bytes, little endian) and its bytes; at last a length of 0 and the SHA-256 of all before it.
namespace dispatch::files {

/// Eight bytes each; the last is the format.
inline constexpr std::string_view snapshot_kind{"dspsnap1"};
inline constexpr std::string_view archive_kind{"dsparch1"};

/// Writes a file that appears under its name when it is complete, or never.
class frame_writer {
public:
  static result<frame_writer> create(std::filesystem::path file, std::string_view kind);

  frame_writer(frame_writer&& other) noexcept;
  frame_writer& operator=(frame_writer&&) = delete;
  /// Removes what is not finished.
  ~frame_writer();

  /// Fails on an empty frame and on one above limits::frame_bytes_max.
  status put(std::string_view frame);
  /// To be called once; `as` is the file's name in the end, in the same directory. A durable file
  /// survives a power failure from then on.
  status finish(const std::filesystem::path& as, bool durable);

  std::uint64_t bytes() const { return bytes_; }
  /// Of all bytes. After finish().
  const record_hash& hash() const { return hash_; }

private:
  frame_writer(std::filesystem::path part, int descriptor);
  status write(std::string_view bytes);
  status flush();
  failure failed(const std::string& doing) const;

  std::filesystem::path part_; ///< what the file is called until it is complete
  int descriptor_;
  std::string buffer_;
  std::uint64_t bytes_ = 0;
  wire::running_hash sum_;
  record_hash hash_{};
};

/// Reads frames from the parts of a file, wherever they come from.
class frame_reader {
public:
  frame_reader(byte_source from, std::string_view kind);

  /// nullopt behind the last frame. Fails on bytes that are not what was written, maybe only then.
  result<std::optional<std::string>> next();

private:
  status fill(std::size_t size);
  std::string take(std::size_t size);

  byte_source from_;
  std::string kind_; ///< until it has been read
  std::string held_;
  std::size_t used_ = 0; ///< of `held_`
  wire::running_hash hash_;
};

/// The parts of a file, in order and all but the last of the same size. Fails when it cannot be
/// opened.
result<byte_source> read_file(const std::filesystem::path& file, std::size_t part_bytes);

} // namespace dispatch::files
