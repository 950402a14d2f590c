#pragma once

#include <string>
#include <utility>
#include <variant>

namespace dispatch {

/// An infrastructure failure, in words that say what was tried and what to do.
struct failure {
  std::string what;
};

/// A value, or the failure that prevented it.
template <class T> class [[nodiscard]] result {
public:
  result(T value) : value_(std::move(value)) {}
  result(failure error) : value_(std::move(error)) {}

  explicit operator bool() const { return std::holds_alternative<T>(value_); }
  T& operator*() { return std::get<T>(value_); }
  const T& operator*() const { return std::get<T>(value_); }
  T* operator->() { return &std::get<T>(value_); }
  const T* operator->() const { return &std::get<T>(value_); }
  const failure& error() const { return std::get<failure>(value_); }

private:
  std::variant<T, failure> value_;
};

struct nothing {};

/// Success, or the failure that prevented it.
using status = result<nothing>;

} // namespace dispatch
