#include "messages/nats/bucket.hpp"

#include "messages/limits.hpp"
#include "messages/nats/connection/api.hpp"

#include <nlohmann/json.hpp>

namespace dispatch::nats {

namespace {

using nlohmann::json;

std::string stream_of(const std::string& name) { return "KV_" + name; }
std::string subject_of(const std::string& name, const std::string& key) {
  return "$KV." + name + "." + key;
}

} // namespace

/// What is stored last under a key, be it a deletion.
struct bucket::latest {
  std::uint64_t sequence = 0; ///< 0: nothing
  std::optional<bucket_entry> entry;
};

json bucket::config_of(const std::string& name, int replicas, keeping kept) {
  return {{"name", stream_of(name)},
          {"subjects", {subject_of(name, ">")}},
          {"retention", "limits"},
          {"storage", "file"},
          {"discard", "new"},
          {"max_msgs_per_subject", kept.values_per_key},
          {"max_age", std::chrono::nanoseconds{kept.max_age}.count()},
          {"max_bytes", -1},
          {"max_msgs", -1},
          {"max_msg_size", -1},
          {"max_consumers", -1},
          {"num_replicas", replicas},
          {"allow_rollup_hdrs", true},
          {"deny_delete", true}};
}

status bucket::create(connection& on, const std::string& name, int replicas, keeping kept) {
  const auto exists = api::find_stream(on, stream_of(name));
  if (!exists) {
    return exists.error();
  }
  if (*exists) {
    return nothing{};
  }
  const auto made =
      api::call_or_fail(on, "STREAM.CREATE." + stream_of(name), config_of(name, replicas, kept));
  if (!made) {
    return made.error();
  }
  return nothing{};
}

bucket::bucket(std::shared_ptr<connection> on, std::string name)
    : connection_(std::move(on)), name_(std::move(name)) {}

result<bucket::latest> bucket::latest_of(const std::string& key) {
  auto last = api::last_message_on(*connection_, stream_of(name_), subject_of(name_, key));
  if (!last) {
    return last.error();
  }
  if (!*last) {
    return latest{};
  }
  auto& message = (*last)->message;
  latest found{.sequence = message.sequence, .entry = std::nullopt};
  if ((*last)->operation.empty()) {
    found.entry = bucket_entry{.key = key,
                               .value = std::move(message.body),
                               .revision = message.sequence,
                               .stored_at = message.stored_at};
  }
  return found;
}

result<std::optional<bucket_entry>> bucket::get(const std::string& key) {
  auto found = latest_of(key);
  if (!found) {
    return found.error();
  }
  return std::move(found->entry);
}

result<std::uint64_t> bucket::store(const std::string& key, const std::string& value,
                                    const char* operation, std::optional<std::uint64_t> expected) {
  const auto revision = std::to_string(expected.value_or(0));
  std::vector<header> headers;
  if (expected) {
    headers.push_back({"Nats-Expected-Last-Subject-Sequence", revision.c_str()});
  }
  if (operation != nullptr) {
    headers.push_back({"KV-Operation", operation});
  }
  const auto ack =
      connection_->publish_stored(subject_of(name_, key), headers, value, limits::port_timeout);
  if (!ack) {
    return ack.error();
  }
  switch (verdict_of(*ack)) {
  case ack_verdict::stored:
    return ack->sequence;
  case ack_verdict::conflict:
    return failure{"'" + key + "' in bucket " + name_ +
                   " was changed by somebody else; read it again (" + ack->error + ")"};
  default:
    return failure{"cannot store '" + key + "' in bucket " + name_ + ": " + ack->error};
  }
}

result<std::uint64_t> bucket::put(const std::string& key, const std::string& value,
                                  std::uint64_t expected) {
  if (expected > 0) {
    return store(key, value, nullptr, expected);
  }
  // A deleted key has a sequence, which is not the caller's business.
  const auto now = latest_of(key);
  if (!now) {
    return now.error();
  }
  return store(key, value, nullptr, now->entry ? 0 : now->sequence);
}

result<std::uint64_t> bucket::set(const std::string& key, const std::string& value) {
  return store(key, value, nullptr, std::nullopt);
}

result<std::vector<bucket_entry>> bucket::list(const std::string& prefix) {
  const auto keys = subject_of(name_, prefix.empty() ? ">" : prefix + ".>");
  const auto info = api::call_or_fail(*connection_, "STREAM.INFO." + stream_of(name_),
                                      {{"subjects_filter", keys}});
  if (!info) {
    return info.error();
  }
  const auto state = json::parse(info->body).value("state", json::object());
  std::vector<bucket_entry> entries;
  const auto subjects = state.value("subjects", json::object());
  for (const auto& [subject, unused] : subjects.items()) {
    auto found = get(subject.substr(subject_of(name_, "").size()));
    if (!found) {
      return found.error();
    }
    if (*found) {
      entries.push_back(std::move(**found));
    }
  }
  return entries;
}

status bucket::erase(const std::string& key, std::uint64_t expected) {
  const auto stored = store(key, "", "DEL", expected);
  if (!stored) {
    return stored.error();
  }
  return nothing{};
}

} // namespace dispatch::nats
