#include "cmd/shared/endpoint_file.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <fstream>
#include <iterator>
#include <system_error>
#include <thread>

namespace dispatch::cli {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::chrono::milliseconds beginning_max{1000};
constexpr std::chrono::seconds start_max{30};
constexpr std::chrono::milliseconds between_looks{20};

/// Whether the process that holds the directory, or held it last, lives.
bool has_living_holder(const fs::path& data) {
  std::string process;
  std::ifstream{data / "node-lock"} >> process;
  std::error_code error;
  return !process.empty() && fs::exists("/proc/" + process, error);
}

} // namespace

fs::path endpoint_path(const fs::path& data) { return data / "dispatchd.json"; }

status write_endpoint(const fs::path& data, const endpoint& at) {
  const auto path = endpoint_path(data);
  auto draft = path;
  draft += ".new";
  std::ofstream file(draft, std::ios::trunc);
  std::error_code error;
  fs::permissions(draft, fs::perms::owner_read | fs::perms::owner_write, error);
  file << json{{"pid", at.pid}, {"nats_url", at.nats_url}, {"http", at.http}}.dump() << '\n';
  file.close();
  if (file && !error) {
    fs::rename(draft, path, error);
  }
  if (!file || error) {
    return failure{"cannot write " + path.string() + (error ? ": " + error.message() : "")};
  }
  return nothing{};
}

result<endpoint> read_endpoint(const fs::path& data) {
  const auto path = endpoint_path(data);
  std::ifstream file(path);
  if (!file) {
    return failure{"cannot read " + path.string() + "; does a dispatchd run on this directory?"};
  }
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  try {
    const auto read = json::parse(text);
    return endpoint{read.at("pid").get<std::int64_t>(), read.at("nats_url").get<std::string>(),
                    read.at("http").get<std::string>()};
  } catch (const json::exception& error) {
    return failure{path.string() + " is not an endpoint file: " + error.what()};
  }
}

result<endpoint> await_endpoint(const fs::path& data) {
  using clock = std::chrono::steady_clock;
  const auto begin = clock::now();
  for (;;) {
    const auto waited = clock::now() - begin;
    auto found = read_endpoint(data);
    if (found || waited > start_max || (waited > beginning_max && !has_living_holder(data))) {
      return found;
    }
    std::this_thread::sleep_for(between_looks);
  }
}

void remove_endpoint(const fs::path& data) {
  std::error_code ignored;
  fs::remove(endpoint_path(data), ignored);
}

} // namespace dispatch::cli
