#include "tests/edge/canary.hpp"

#include "messages/nats/connection/api.hpp"
#include "messages/wire/subjects.hpp"
#include "tests/integration/harness.hpp"

#include <fstream>
#include <iterator>

namespace dispatch::edge {

namespace {

using integration::value_of;

bool may_have_secrets(const std::string& stream) {
  return stream.starts_with("IN_") || stream == "KV_" + wire::notes_bucket(wire::default_root);
}

} // namespace

void canary::look_into(const std::string& place, const std::string& text) {
  bytes_ += text.size();
  if (text.find(secret_) != std::string::npos) {
    places_.push_back(place);
  }
}

void canary::look_into(const std::filesystem::path& files) {
  const auto look = [this](const std::filesystem::path& file) {
    std::ifstream from{file, std::ios::binary};
    look_into("file " + file.filename().string(), {std::istreambuf_iterator<char>(from), {}});
  };
  if (!std::filesystem::is_directory(files)) {
    look(files);
    return;
  }
  for (const auto& entry : std::filesystem::recursive_directory_iterator(files)) {
    if (entry.is_regular_file()) {
      look(entry.path());
    }
  }
}

void canary::look_into(nats::connection& on) {
  for (const auto& stream : value_of(nats::api::streams_on(on, ">"))) {
    if (may_have_secrets(stream)) {
      continue;
    }
    const auto state = value_of(nats::api::state_of(on, stream));
    for (auto sequence = state.first_sequence; sequence <= state.last_sequence; ++sequence) {
      if (const auto stored = value_of(nats::api::message_at(on, stream, sequence))) {
        look_into("stream " + stream + ", " + stored->subject,
                  stored->subject + stored->id + stored->trace + stored->body);
      }
    }
  }
}

std::string canary::found() const {
  std::string lines;
  for (const auto& place : places_) {
    lines += place + "\n";
  }
  return lines;
}

} // namespace dispatch::edge
