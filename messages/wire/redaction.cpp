#include "messages/wire/redaction.hpp"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

namespace dispatch::wire {

namespace {

using google::protobuf::Descriptor;
using names_of_fields = std::map<std::string, bool, std::less<>>;

constexpr std::string_view hidden = "***";
constexpr std::string_view space = " \t\r\n";
constexpr std::string_view structure = "{}[],:\"";

constexpr std::array<std::string_view, 3> secret_fields = {"delivery_code", "deliveryCode", "code"};

void add_names(const Descriptor& of, names_of_fields& names, std::set<const Descriptor*>& seen) {
  if (!seen.insert(&of).second) {
    return;
  }
  for (int i = 0; i < of.field_count(); ++i) {
    const auto& field = *of.field(i);
    names[field.name()] = !is_secret(field.name());
    names[field.json_name()] = !is_secret(field.json_name());
    if (const auto* inside = field.message_type()) {
      add_names(*inside, names, seen);
    }
  }
}

bool is_scalar(std::string_view token) {
  return token == "true" || token == "false" || token == "null" ||
         token.find_first_not_of("0123456789+-.eE") == std::string_view::npos;
}

/// Goes through a text token by token. Whatever is not where JSON has it is hidden.
class json_redactor {
public:
  json_redactor(std::string_view text, const names_of_fields& names) : text_(text), names_(names) {}

  std::string beginning(std::size_t bytes_max) {
    while (at_ < text_.size() && out_.size() < bytes_max) {
      step();
    }
    return out_.substr(0, bytes_max);
  }

private:
  struct frame {
    bool is_array = false;
    bool shown = false;
  };

  void step() {
    const auto c = text_[at_];
    if (c == '"') {
      take_string();
      return;
    }
    if (space.find(c) == std::string_view::npos && structure.find(c) == std::string_view::npos) {
      const auto end = std::min(text_.find_first_of(" \t\r\n{}[],:\"", at_), text_.size());
      const auto token = text_.substr(at_, end - at_);
      broken_ = broken_ || !is_scalar(token);
      take_value(token, hidden);
      at_ = end;
      return;
    }
    if (c == '{' || c == '[') {
      shown_next_ = open_.empty() ? c == '{' : shown_next_;
      open_.push_back({c == '[', shown_next_});
    } else if ((c == '}' || c == ']') && !open_.empty()) {
      open_.pop_back();
    }
    if (c == '{' || c == '}' || c == ']' || c == ',') {
      shown_next_ = !open_.empty() && open_.back().is_array && open_.back().shown;
    }
    out_ += c;
    ++at_;
  }

  void take_string() {
    auto end = at_ + 1;
    while (end < text_.size() && text_[end] != '"') {
      end += text_[end] == '\\' ? 2 : 1;
    }
    if (end >= text_.size()) { // It does not end.
      out_ += hidden;
      at_ = text_.size();
      return;
    }
    const auto token = text_.substr(at_, end + 1 - at_);
    at_ = end + 1;
    const auto next = text_.find_first_not_of(space, at_);
    const auto is_name = next != std::string_view::npos && text_[next] == ':' && !open_.empty() &&
                         !open_.back().is_array;
    if (!is_name) {
      take_value(token, "\"***\"");
      return;
    }
    const auto known = broken_ ? names_.end() : names_.find(token.substr(1, token.size() - 2));
    shown_next_ = known != names_.end() && known->second && open_.back().shown;
    out_ += known != names_.end() ? token : "\"***\"";
  }

  void take_value(std::string_view token, std::string_view otherwise) {
    out_ += shown_next_ && !broken_ ? token : otherwise;
    shown_next_ = !open_.empty() && open_.back().is_array && shown_next_;
  }

  std::string_view text_;
  const names_of_fields& names_;
  std::size_t at_ = 0;
  std::string out_;
  std::vector<frame> open_;
  bool shown_next_ = false; ///< the value that comes
  bool broken_ = false;     ///< this is no JSON: nothing behind is what it seems
};

} // namespace

bool is_secret(std::string_view field) {
  return std::ranges::find(secret_fields, field) != secret_fields.end();
}

names_of_fields field_names(const Descriptor& of) {
  names_of_fields names;
  std::set<const Descriptor*> seen;
  add_names(of, names, seen);
  return names;
}

std::string redacted_json(std::string_view text, const names_of_fields& names,
                          std::size_t bytes_max) {
  return json_redactor{text, names}.beginning(bytes_max);
}

} // namespace dispatch::wire
