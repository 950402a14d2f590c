#pragma once

#include "messages/wire/archive.hpp"
#include "messages/wire/contract.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// For the folder messages/wire only.
namespace dispatch::wire {

/// Goes through a field list as a strict reader does, and notes the rules instead of applying them.
/// The message must be filled (see fill), so that every nested list is gone through.
class rule_list : public reader<true> {
public:
  void reject(std::string_view /*field*/, std::string_view /*rule*/) {}

  bool present(std::string_view field, bool /*is_present*/) { return required(field); }
  bool given(std::string_view field, bool /*is_given*/) { return required(field); }

  template <class Number>
  void within(std::string_view field, Number /*value*/, Number lowest, Number highest) {
    auto& rule = rule_of(field);
    rule.lowest = static_cast<double>(lowest);
    rule.highest = static_cast<double>(highest);
  }

  void id(std::string_view field, std::string_view /*value*/) {
    required(field);
    rule_of(field).is_id = true;
  }

  void at_most_bytes(std::string_view field, std::string_view /*value*/, std::size_t bytes_max) {
    rule_of(field).bytes_max = bytes_max;
  }

  void at_most_items(std::string_view field, std::size_t /*count*/, std::size_t items_max) {
    rule_of(field).items_max = items_max;
  }

  template <class List, class Key>
  void each_once(std::string_view field, const List& /*list*/, std::size_t most, Key /*key*/) {
    rule_of(field).items_max = most;
  }

  std::vector<field_rule> take() { return std::move(rules_); }

private:
  bool required(std::string_view field) {
    rule_of(field).required = true;
    return true;
  }

  field_rule& rule_of(std::string_view field) {
    const auto whole = path(false).append(field);
    const auto known = std::ranges::find(rules_, whole, &field_rule::field);
    return known != rules_.end() ? *known : rules_.emplace_back(field_rule{.field = whole});
  }

  std::vector<field_rule> rules_;
};

/// Sets every nested message, one element of every list, every enumeration to something that means
/// something, and every number whose absence means something. Texts are empty, or are not.
void fill(google::protobuf::Message& message, bool with_texts);

/// Of rules that were noted of two fillings: a field that only one of them requires may be left
/// out.
std::vector<field_rule> merged(std::vector<field_rule> one, const std::vector<field_rule>& other);

} // namespace dispatch::wire
