#pragma once

#include <map>
#include <optional>
#include <utility>

/// What can be taken back: changes hold for the reader at once, and until commit() they can be
/// undone.
namespace dispatch::domain {

/// A map that remembers, per key, what it held before the first change since the last commit().
template <class Map> class journalled_map {
public:
  using key_type = typename Map::key_type;
  using mapped_type = typename Map::mapped_type;

  /// As of now.
  const Map& now() const { return now_; }

  /// nullopt erases the key.
  void set(const key_type& key, std::optional<mapped_type> value) {
    const auto known = now_.find(key);
    before_.try_emplace(key, known == now_.end() ? std::nullopt : std::optional{known->second});
    put(key, std::move(value));
  }

  /// Changes what the map holds of the key, if anything, for good: roll_back() does not undo it
  /// unless the key was set() since the last commit().
  template <class Change> void amend(const key_type& key, Change change) {
    if (const auto known = now_.find(key); known != now_.end()) {
      change(known->second);
    }
  }

  void commit() { before_.clear(); }

  /// Says of each key that was changed: `undone(key)`, when the map holds again what it held.
  template <class Undone> void roll_back(Undone undone) {
    for (auto& [key, value] : std::exchange(before_, {})) {
      put(key, std::move(value));
      undone(key);
    }
  }
  void roll_back() {
    roll_back([](const key_type&) {});
  }

private:
  void put(const key_type& key, std::optional<mapped_type> value) {
    if (value) {
      now_.insert_or_assign(key, std::move(*value));
    } else {
      now_.erase(key);
    }
  }

  Map now_;
  std::map<key_type, std::optional<mapped_type>> before_; ///< nullopt: there was none
};

/// The same of one value.
template <class Value> class journalled {
public:
  journalled() = default;
  explicit journalled(Value value) : now_(std::move(value)) {}

  const Value& now() const { return now_; }

  void set(Value value) {
    if (!before_) {
      before_.emplace(now_);
    }
    now_ = std::move(value);
  }

  void commit() { before_.reset(); }

  void roll_back() {
    if (before_) {
      now_ = std::move(*before_);
      before_.reset();
    }
  }

private:
  Value now_{};
  std::optional<Value> before_;
};

} // namespace dispatch::domain
