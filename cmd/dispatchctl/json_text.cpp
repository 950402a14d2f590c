#include "cmd/dispatchctl/json_text.hpp"

#include "cmd/shared/table.hpp"
#include "messages/wire/enum_names.hpp"

#include <algorithm>
#include <ostream>

namespace dispatch::ctl {

namespace {

using json = nlohmann::ordered_json;

std::string scalar(const json& value) {
  if (value.is_null()) {
    return {};
  }
  if (!value.is_string()) {
    return value.dump();
  }
  const auto& text = value.get_ref<const std::string&>();
  return name_of(text);
}

bool is_place(const json& value) {
  return value.is_object() && value.size() == 2 && value.contains("latitude") &&
         value.contains("longitude");
}

std::string place_text(const json& value) {
  return value["latitude"].dump() + "," + value["longitude"].dump();
}

void add_fields(cli::table& to, const std::string& path, const json& value) {
  if (is_place(value)) {
    to.add_row({path, place_text(value)});
  } else if (value.is_object() && !value.empty()) {
    for (const auto& field : value.items()) {
      add_fields(to, path.empty() ? field.key() : path + "." + field.key(), field.value());
    }
  } else if (value.is_array() && !value.empty() && value.front().is_object()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      to.add_row({path + "[" + std::to_string(i) + "]", on_one_line(value[i])});
    }
  } else {
    to.add_row({path, on_one_line(value)});
  }
}

} // namespace

std::string name_of(std::string_view value) {
  const auto name = wire::plain_name(value);
  return std::string{name.empty() ? value : name};
}

std::string plain_word(std::string_view value) {
  auto word = name_of(value);
  std::ranges::replace(word, '_', ' ');
  return word;
}

std::string on_one_line(const json& value) {
  if (is_place(value)) {
    return place_text(value);
  }
  if (!value.is_structured()) {
    return scalar(value);
  }
  std::string line;
  for (const auto& field : value.items()) {
    const auto inner = on_one_line(field.value());
    if (value.is_array()) {
      line.append(line.empty() ? "" : ", ").append(inner);
    } else if (!inner.empty()) {
      const bool nested = field.value().is_structured() && !is_place(field.value());
      line.append(line.empty() ? "" : " ").append(field.key()).append("=");
      line += nested ? "(" + inner + ")" : inner;
    }
  }
  return line;
}

void print_fields(std::ostream& to, const json& object) {
  cli::table fields{{"FIELD"}, {"VALUE"}};
  add_fields(fields, "", object);
  fields.print(to, false);
}

json body_of(const json& event) {
  // The body is the only message beside the entity.
  for (const auto& field : event.items()) {
    if (field.key() != "entity" && field.value().is_object()) {
      return field.value();
    }
  }
  return json::object();
}

} // namespace dispatch::ctl
