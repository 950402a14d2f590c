#pragma once

#include "messages/result.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace dispatch::nats {

/// An open file descriptor of this process.
class descriptor {
public:
  explicit descriptor(int number = -1) : number_(number) {}
  descriptor(descriptor&& other) noexcept;
  descriptor& operator=(descriptor&& other) noexcept;
  ~descriptor();

  int number() const { return number_; }

private:
  int number_;
};

/// Where a program is: as PATH has it, or else where Debian puts servers; the name when nowhere.
std::string find_program(const std::string& name);

/// Refers to a process without the danger that its id is used again.
class process_handle {
public:
  process_handle() = default;

  /// Of a process that need not be a child. Fails when there is none.
  static result<process_handle> of(pid_t id);

  /// Starts a program whose output is appended to `output`. It is killed when the calling thread
  /// ends, and gets no signal of the terminal.
  static result<process_handle> start(const std::vector<std::string>& command,
                                      const std::filesystem::path& output);

  pid_t id() const { return id_; }
  bool runs() const { return id_ != 0; }

  /// Readable when the process has ended.
  int wait_descriptor() const { return descriptor_.number(); }

  /// Asks it to end, waits so long, forces it, and waits for its end.
  void stop(std::chrono::milliseconds patience);

  /// Takes note of its end, which must have come. For a child, that frees its id.
  void reap();

private:
  process_handle(pid_t id, descriptor opened, bool child);
  bool ends_within(std::chrono::milliseconds span) const;

  pid_t id_ = 0;
  descriptor descriptor_;
  bool child_ = false;
};

} // namespace dispatch::nats
