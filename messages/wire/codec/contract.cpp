#include "messages/wire/contract.hpp"

#include "dispatch/v1/event.pb.h"
#include "messages/wire/codec/rule_list.hpp"

#include <google/protobuf/descriptor.h>

#include <algorithm>

namespace dispatch::wire {

namespace {

namespace pb = google::protobuf;

/// The kinds of entity to which an event can happen.
struct kinds_of_event {
  using kinds = std::vector<entity_kind>;

  kinds operator()(const order_event&) const { return {entity_kind::order}; }
  kinds operator()(const rider_event&) const { return {entity_kind::rider}; }
  kinds operator()(const station_event&) const { return {entity_kind::station}; }
  kinds operator()(const zone_event&) const { return {entity_kind::zone}; }
  kinds operator()(const command_refused&) const { return all; }
  kinds operator()(const command_repeated&) const { return all; }

  kinds all{entity_kind::order, entity_kind::rider, entity_kind::station, entity_kind::zone};
};

/// Makes a field present whose absence is told from zero.
void set_to_zero(pb::Message& message, const pb::FieldDescriptor* field) {
  const auto& reflection = *message.GetReflection();
  switch (field->cpp_type()) {
  case pb::FieldDescriptor::CPPTYPE_INT32:
    return reflection.SetInt32(&message, field, 0);
  case pb::FieldDescriptor::CPPTYPE_INT64:
    return reflection.SetInt64(&message, field, 0);
  case pb::FieldDescriptor::CPPTYPE_UINT32:
    return reflection.SetUInt32(&message, field, 0);
  case pb::FieldDescriptor::CPPTYPE_UINT64:
    return reflection.SetUInt64(&message, field, 0);
  case pb::FieldDescriptor::CPPTYPE_DOUBLE:
    return reflection.SetDouble(&message, field, 0.0);
  case pb::FieldDescriptor::CPPTYPE_FLOAT:
    return reflection.SetFloat(&message, field, 0.0F);
  case pb::FieldDescriptor::CPPTYPE_BOOL:
    return reflection.SetBool(&message, field, false);
  case pb::FieldDescriptor::CPPTYPE_STRING:
    return reflection.SetString(&message, field, "");
  case pb::FieldDescriptor::CPPTYPE_ENUM:
  case pb::FieldDescriptor::CPPTYPE_MESSAGE:
    return;
  }
}

} // namespace

void fill(pb::Message& message, bool with_texts) {
  const auto& type = *message.GetDescriptor();
  const auto& reflection = *message.GetReflection();
  for (int i = 0; i < type.field_count(); ++i) {
    const auto* field = type.field(i);
    if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE) {
      fill(field->is_repeated() ? *reflection.AddMessage(&message, field)
                                : *reflection.MutableMessage(&message, field),
           with_texts);
    } else if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_ENUM && !field->is_repeated()) {
      reflection.SetEnum(&message, field, field->enum_type()->value(1));
    } else if (with_texts && field->type() == pb::FieldDescriptor::TYPE_STRING) {
      if (field->is_repeated()) {
        reflection.AddString(&message, field, "x");
      } else {
        reflection.SetString(&message, field, "x");
      }
    } else if (!field->is_repeated() && field->has_presence()) {
      set_to_zero(message, field);
    }
  }
}

std::vector<field_rule> merged(std::vector<field_rule> one, const std::vector<field_rule>& other) {
  for (auto& rule : one) {
    const auto same = std::ranges::find(other, rule.field, &field_rule::field);
    const auto in_both = same != other.end();
    rule.required = rule.required && in_both && same->required;
    rule.is_id = rule.is_id || (in_both && same->is_id);
  }
  for (const auto& rule : other) {
    if (std::ranges::find(one, rule.field, &field_rule::field) == one.end()) {
      one.push_back(rule);
      one.back().required = false;
    }
  }
  return one;
}

std::vector<event_contract> event_contracts() {
  std::vector<event_contract> all;
  const auto& alternatives = *v1::Event::descriptor()->FindOneofByName("body");
  for (int i = 0; i < alternatives.field_count(); ++i) {
    const auto* field = alternatives.field(i);
    v1::Event message;
    fill(*message.mutable_entity(), false);
    message.mutable_at();
    fill(*message.GetReflection()->MutableMessage(&message, field), false);
    const auto decoded = decode_event(message.SerializeAsString());
    if (!decoded) {
      broken_invariant(field->name() + ": " + decoded.error().what);
    }
    all.push_back({std::visit(kinds_of_event{}, decoded->body),
                   std::string{event_name(decoded->body)}, field->name(),
                   field->message_type()->full_name(), announced(decoded->body)});
  }
  return all;
}

} // namespace dispatch::wire
