#include "persistence/files/frames.hpp"

#include "messages/limits.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <memory>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace dispatch::files {

namespace {

constexpr std::size_t buffer_bytes = 256 * 1024;
constexpr std::size_t length_bytes = 4;
constexpr auto owner_only = mode_t{0600};

std::string length_text(std::size_t length) {
  std::string text;
  for (std::size_t i = 0; i < length_bytes; ++i) {
    text.push_back(static_cast<char>(length >> (8 * i) & 0xffU));
  }
  return text;
}

std::size_t length_in(std::string_view text) {
  std::size_t length = 0;
  for (auto i = length_bytes; i-- > 0;) {
    length = length << 8U | static_cast<unsigned char>(text[i]);
  }
  return length;
}

std::string_view bytes_of(const record_hash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

failure not_whole(const std::string& what) { return {"the file is damaged: " + what}; }

} // namespace

result<frame_writer> frame_writer::create(std::filesystem::path file, std::string_view kind) {
  file += ".part";
  const auto descriptor =
      ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, owner_only);
  frame_writer made{std::move(file), descriptor};
  if (descriptor < 0) {
    return made.failed("create");
  }
  if (auto begun = made.write(kind); !begun) {
    return begun.error();
  }
  return made;
}

frame_writer::frame_writer(std::filesystem::path part, int descriptor)
    : part_(std::move(part)), descriptor_(descriptor) {}

frame_writer::frame_writer(frame_writer&& other) noexcept
    : part_(std::move(other.part_)), descriptor_(std::exchange(other.descriptor_, -1)),
      buffer_(std::move(other.buffer_)), bytes_(other.bytes_), sum_(std::move(other.sum_)),
      hash_(other.hash_) {}

frame_writer::~frame_writer() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
    ::unlink(part_.c_str());
  }
}

failure frame_writer::failed(const std::string& doing) const {
  return {"cannot " + doing + " " + part_.string() + ": " + std::system_category().message(errno)};
}

status frame_writer::write(std::string_view bytes) {
  sum_.add(bytes);
  bytes_ += bytes.size();
  buffer_ += bytes;
  return buffer_.size() < buffer_bytes ? status{nothing{}} : flush();
}

status frame_writer::flush() {
  std::string_view left = buffer_;
  while (!left.empty()) {
    const auto written = ::write(descriptor_, left.data(), left.size());
    if (written < 0 && errno != EINTR) {
      return failed("write");
    }
    left.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
  }
  buffer_.clear();
  return nothing{};
}

status frame_writer::put(std::string_view frame) {
  if (frame.empty() || frame.size() > limits::frame_bytes_max) {
    return failure{"a frame of " + std::to_string(frame.size()) + " bytes cannot be written to " +
                   part_.string()};
  }
  if (auto written = write(length_text(frame.size())); !written) {
    return written;
  }
  return write(frame);
}

status frame_writer::finish(const std::filesystem::path& as, bool durable) {
  if (auto written = write(length_text(0)); !written) {
    return written;
  }
  if (auto written = write(bytes_of(sum_.so_far())); !written) {
    return written;
  }
  hash_ = sum_.so_far();
  if (auto flushed = flush(); !flushed) {
    return flushed;
  }
  if (durable && ::fsync(descriptor_) != 0) {
    return failed("write");
  }
  if (::rename(part_.c_str(), as.c_str()) != 0) {
    return failed("rename");
  }
  ::close(std::exchange(descriptor_, -1));
  if (!durable) {
    return nothing{};
  }
  const auto directory = ::open(as.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const auto synced = directory >= 0 && ::fsync(directory) == 0;
  if (directory >= 0) {
    ::close(directory);
  }
  return synced ? status{nothing{}} : failed("sync the directory of");
}

frame_reader::frame_reader(byte_source from, std::string_view kind)
    : from_(std::move(from)), kind_(kind) {}

status frame_reader::fill(std::size_t size) {
  while (held_.size() - used_ < size) {
    held_.erase(0, std::exchange(used_, 0));
    auto part = from_();
    if (!part) {
      return part.error();
    }
    if (part->empty()) {
      return not_whole("it ends too early");
    }
    held_ += *part;
  }
  return nothing{};
}

std::string frame_reader::take(std::size_t size) {
  auto bytes = held_.substr(used_, size);
  used_ += size;
  return bytes;
}

result<std::optional<std::string>> frame_reader::next() {
  if (!kind_.empty()) {
    if (auto there = fill(kind_.size()); !there) {
      return there.error();
    }
    const auto kind = take(kind_.size());
    if (kind != kind_) {
      return not_whole("it is not of the kind " + kind_);
    }
    hash_.add(std::exchange(kind_, {}));
  }
  if (auto there = fill(length_bytes); !there) {
    return there.error();
  }
  const auto length_read = take(length_bytes);
  const auto length = length_in(length_read);
  hash_.add(length_read);
  if (length > limits::frame_bytes_max) {
    return not_whole("a frame is too long");
  }
  if (length > 0) {
    if (auto there = fill(length); !there) {
      return there.error();
    }
    auto frame = take(length);
    hash_.add(frame);
    return std::optional{std::move(frame)};
  }
  const auto sum = hash_.so_far();
  if (auto there = fill(sum.size()); !there) {
    return there.error();
  }
  if (take(sum.size()) != bytes_of(sum)) {
    return not_whole("its checksum is another one");
  }
  return std::optional<std::string>{};
}

result<byte_source> read_file(const std::filesystem::path& file, std::size_t part_bytes) {
  auto stream = std::make_shared<std::ifstream>(file, std::ios::binary);
  if (!*stream) {
    return failure{"cannot read " + file.string()};
  }
  return byte_source{[stream, file, part_bytes]() -> result<std::string> {
    std::string part(part_bytes, '\0');
    stream->read(part.data(), static_cast<std::streamsize>(part.size()));
    if (stream->bad()) {
      return failure{"cannot read " + file.string()};
    }
    part.resize(static_cast<std::size_t>(stream->gcount()));
    return part;
  }};
}

} // namespace dispatch::files
