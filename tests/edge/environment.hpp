#pragma once

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

namespace dispatch::edge {

/// Sets a variable of the own environment for as long as it lives.
class variable {
public:
  variable(std::string name, const std::string& value) : name_(std::move(name)) {
    if (const auto* now = std::getenv(name_.c_str()); now != nullptr) {
      before_ = now;
    }
    ::setenv(name_.c_str(), value.c_str(), 1);
  }
  variable(const variable&) = delete;
  variable& operator=(const variable&) = delete;
  ~variable() {
    if (before_) {
      ::setenv(name_.c_str(), before_->c_str(), 1);
    } else {
      ::unsetenv(name_.c_str());
    }
  }

private:
  std::string name_;
  std::optional<std::string> before_;
};

} // namespace dispatch::edge
