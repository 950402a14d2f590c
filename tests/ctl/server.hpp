#pragma once

#include "messages/nats/connection/connection.hpp"
#include "messages/nats/embedded_server.hpp"
#include "tests/ctl/support.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace dispatch::testing {

using cli::exit_code;

/// A server without any dispatchd, and dispatchctl on it.
struct server_alone {
  temporary_directory folder;
  std::unique_ptr<nats::embedded_server> server;
  std::shared_ptr<nats::connection> on;

  server_alone() {
    nats::embedded_server_settings settings;
    settings.directory = folder.path();
    auto started = nats::embedded_server::start(settings);
    REQUIRE_MESSAGE(started, started.error().what);
    server = std::move(*started);
    nats::connection_settings client;
    client.url = server->url();
    auto opened = nats::connection::open(client);
    REQUIRE(opened);
    on = *opened;
  }

  ended ctl(std::vector<std::string> words, const char* typed = nullptr) const {
    words.insert(words.end(), {"--server", server->url()});
    return run_ctl(words, typed);
  }

  void create(const std::string& zone) const {
    REQUIRE(ctl({"zone", "create", zone}).code == exit_code::done);
  }

  /// What a daemon would announce.
  void announce(const std::string& subject, const std::string& body) const {
    const auto ack = on->publish_stored(subject, {}, body, std::chrono::seconds{3});
    REQUIRE(ack);
    REQUIRE(ack->error_code == 0);
  }
};

} // namespace dispatch::testing
