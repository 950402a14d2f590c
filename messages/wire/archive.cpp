#include "messages/wire/archive.hpp"

#include "messages/wire/redaction.hpp"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/util/json_util.h>

#include <cstdio>
#include <cstdlib>

namespace dispatch::wire {

namespace {

constexpr std::size_t why_bytes_max = 512;

/// protobuf names the text field that is not UTF-8 only in its log, which would go to stderr.
thread_local std::string last_complaint;

void keep_complaint(google::protobuf::LogLevel /*level*/, const char* /*file*/, int /*line*/,
                    const std::string& complaint) {
  last_complaint = complaint;
}

bool parse_protobuf(google::protobuf::Message& m, std::string_view bytes, std::string& why) {
  last_complaint.clear();
  if (m.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return true;
  }
  why = "is not a " + m.GetTypeName() + " in protobuf";
  if (!last_complaint.empty()) {
    why += ": " + repaired_utf8(last_complaint).substr(0, last_complaint.find(" when "));
  }
  return false;
}

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;

/// The enumeration of the field of this name in the message, or in those inside it; null: none.
const EnumDescriptor* enumeration_of(const Descriptor& message, const std::string& field,
                                     std::set<const Descriptor*>& seen) {
  if (!seen.insert(&message).second) {
    return nullptr;
  }
  for (int i = 0; i < message.field_count(); ++i) {
    const auto& one = *message.field(i);
    const bool is_named = one.name() == field || one.json_name() == field;
    const auto* found = is_named ? one.enum_type() : nullptr;
    if (found == nullptr && one.message_type() != nullptr) {
      found = enumeration_of(*one.message_type(), field, seen);
    }
    if (found != nullptr) {
      return found;
    }
  }
  return nullptr;
}

/// `, must be one of A, B`; empty when the field is of no enumeration.
std::string rule_of_values(const Descriptor& message, const std::string& field) {
  std::set<const Descriptor*> seen;
  const auto* values = enumeration_of(message, field, seen);
  std::string names;
  for (int i = 0; values != nullptr && i < values->value_count(); ++i) {
    const auto& name = values->value(i)->name();
    if (!name.ends_with("_UNSPECIFIED")) {
      names += (names.empty() ? ", must be one of " : ", ") + name;
    }
  }
  return names;
}

/// Behind the first line protobuf quotes the text. The value of a field is quoted in the first, and
/// is left out when it is a secret. With the values that the field may have, if they are named.
std::string complaint_of(const Descriptor& message, std::string_view said) {
  said = said.substr(0, said.find('\n'));
  const auto value = said.find(": invalid value ");
  if (value == std::string_view::npos) {
    return std::string{said};
  }
  auto field = said.substr(0, value);
  field = field.substr(0, field.find_last_not_of(")]0123456789[") + 1);
  field = field.substr(field.find_last_of("(.") + 1);
  return is_secret(field) ? std::string{said.substr(0, value)} + ": invalid value"
                          : std::string{said} + rule_of_values(message, std::string{field});
}

bool parse_json(google::protobuf::Message& m, std::string_view bytes, std::string& why) {
  const auto status = google::protobuf::util::JsonStringToMessage({bytes.data(), bytes.size()}, &m);
  if (status.ok()) {
    return true;
  }
  const auto said =
      complaint_of(*m.GetDescriptor(), {status.message().data(), status.message().size()});
  why = "is not a " + m.GetTypeName() + " in JSON: ";
  why += repaired_utf8(std::string_view{said}.substr(0, why_bytes_max));
  return false;
}

/// The media type in lower case, without its parameters.
std::string media_type(std::string_view content_type) {
  std::string type;
  for (const auto c : content_type.substr(0, content_type.find(';'))) {
    if (c != ' ' && c != '\t') {
      type += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  return type;
}

} // namespace

result<encoding> encoding_of(std::string_view content_type) {
  const auto type = media_type(content_type);
  if (type.empty() || type == "application/json") {
    return encoding::json;
  }
  if (type == "application/protobuf" || type == "application/x-protobuf") {
    return encoding::protobuf;
  }
  return failure{"Content-Type: must be application/json or application/protobuf, is " +
                 quoted(content_type)};
}

bool parse(google::protobuf::Message& m, encoding as, std::string_view bytes, std::string& why) {
  static auto* const former = google::protobuf::SetLogHandler(keep_complaint);
  (void)former;
  if (bytes.empty()) {
    m.Clear();
    return true;
  }
  return as == encoding::protobuf ? parse_protobuf(m, bytes, why) : parse_json(m, bytes, why);
}

result<std::string> to_json(const google::protobuf::Message& m) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(m, &json, options);
  if (!status.ok()) {
    return failure{"no JSON for a " + m.GetTypeName() + ": " + status.ToString()};
  }
  return json;
}

std::string print(const google::protobuf::Message& m, encoding as) {
  if (as == encoding::protobuf) {
    return m.SerializeAsString();
  }
  auto json = to_json(m);
  if (!json) {
    broken_invariant(json.error().what);
  }
  return std::move(*json);
}

void broken_invariant(std::string_view what) {
  std::fprintf(stderr, "dispatch: broken invariant: %.*s\n", static_cast<int>(what.size()),
               what.data());
  std::abort();
}

} // namespace dispatch::wire
