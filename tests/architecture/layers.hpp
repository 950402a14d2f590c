#pragma once

#include <string_view>
#include <vector>

/// Which folder may include what.
namespace dispatch::architecture {

using names = std::vector<std::string_view>;

/// Headers whose path begins with `header` may be included by files that match one of `allowed`:
/// `*` stands for any part of a file name, `**` also for folders.
struct library_rule {
  std::string_view header;
  names allowed;
};

inline const std::vector<library_rule> library_rules = {
    {"nats/", {"messages/nats/**.cpp", "deploy/examples/*"}},
    {"sqlite3.h", {"persistence/sqlite/*", "deploy/examples/*"}},
    {"muParser", {"actors/domain/rules.cpp"}},
    {"date/", {"actors/support/local_time.cpp"}},
    {"caf/",
     {"actors/protocol.hpp", "actors/*/*_actor.hpp", "actors/*/*_actor.cpp", "actors/zone/*",
      "cmd/dispatchd*", "cmd/dispatchd/**", "tests/actors/**", "tests/simulation/**",
      "tests/support/**", "tests/integration/**"}},
    {"openssl/",
     {"messages/signing/*", "messages/wire/hashes.cpp", "messages/nats/connection/api.cpp",
      "messages/nats/connection/nkey.cpp", "messages/nats/connection/tls_hand_shake.cpp",
      "tests/edge/certificate.cpp"}},
    {"curl/", {"messages/osrm/*.cpp"}},
    {"spdlog/", {"actors/support/logging.cpp", "cmd/**"}},
    {"google/protobuf/",
     {"messages/wire/**", "tests/wire/**", "tests/contract/*", "deploy/examples/*"}},
    {"dispatch/v1/", {"messages/wire/**", "tests/wire/**", "deploy/examples/*"}},
};

/// Files that no generated header may reach, not even through other headers, are all but these.
inline const names generated_headers_reach = {"messages/wire/**", "tests/wire/**",
                                              "tests/contract/*", "deploy/examples/*"};

/// A folder may include itself and what is listed. A file belongs to the longest name that fits.
struct folder_rule {
  std::string_view folder;
  names may_include;
};

inline names operator+(names some, const names& others) {
  some.insert(some.end(), others.begin(), others.end());
  return some;
}

/// What is said, without how it travels.
inline const names said = {"messages", "messages/entities", "messages/records"};
inline const names wire = {"messages/wire", "messages/wire/zone"};
inline const names domain = {"actors/domain",          "actors/domain/machines",
                             "actors/domain/matching", "actors/domain/board",
                             "actors/domain/horizon",  "actors/domain/planning"};
inline const names ports = {"messages/ports", "persistence"};
inline const names adapters = {
    "messages/memory",  "messages/nats", "messages/nats/connection", "messages/nats/ports",
    "messages/signing", "messages/osrm", "persistence/files",        "persistence/sqlite"};
inline const names actors = {"actors",         "actors/support",    "actors/turn",
                             "actors/host",    "actors/commit_log", "actors/entities",
                             "actors/output",  "actors/recovery",   "actors/upkeep",
                             "actors/errands", "actors/zone",       "actors/whole_zone"};

inline const std::vector<folder_rule> folder_rules = {
    {"messages", {}},
    {"messages/entities", {"messages"}},
    {"messages/records", {"messages", "messages/entities"}},
    {"messages/ports", said},
    {"messages/wire", said},
    {"messages/wire/codec", said + wire},
    {"messages/wire/zone", said + names{"messages/ports", "messages/wire"}},
    {"messages/memory", said + names{"messages/ports"}},
    {"messages/nats/connection", said + names{"messages/ports", "messages/wire"}},
    {"messages/nats", said + wire + names{"messages/ports", "messages/nats/connection"}},
    {"messages/nats/ports",
     said + wire + names{"messages/ports", "messages/nats", "messages/nats/connection"}},
    {"messages/signing", said + names{"messages/ports"}},
    {"messages/osrm", said + names{"messages/ports"}},
    {"persistence", said},
    {"persistence/files", said + wire + ports},
    {"persistence/sqlite", said + wire + ports},
    {"actors/domain", said},
    {"actors/domain/machines", said + names{"actors/domain"}},
    {"actors/domain/matching", said + names{"actors/domain", "actors/domain/machines"}},
    {"actors/domain/board",
     said + names{"actors/domain", "actors/domain/machines", "actors/domain/matching"}},
    {"actors/domain/planning", said + names{"actors/domain", "actors/domain/machines",
                                            "actors/domain/matching", "actors/domain/board"}},
    {"actors/domain/horizon",
     said + names{"actors/domain", "actors/domain/machines", "actors/domain/matching",
                  "actors/domain/board", "actors/domain/planning"}},
    {"actors/support", said},
    {"actors/host", said + wire},
    {"actors/errands", said + ports + domain},
    {"actors/turn", said + wire + ports + domain + names{"actors/support"}},
    {"actors/whole_zone", said + domain + names{"actors/turn"}},
    {"actors", said + ports + domain + names{"actors/turn"}},
    {"actors/commit_log", said + wire + ports + names{"actors/turn"}},
    {"actors/entities", said + names{"actors", "actors/turn"}},
    {"actors/output", said + wire + ports + names{"actors", "actors/support"}},
    {"actors/recovery", said + wire + ports + domain +
                            names{"actors", "actors/support", "actors/turn", "actors/commit_log",
                                  "actors/output", "persistence/files"}},
    {"actors/upkeep", said + wire + ports +
                          names{"actors", "actors/support", "actors/commit_log", "actors/output",
                                "actors/recovery", "persistence/files"}},
    {"actors/zone",
     said + wire + ports + domain +
         names{"actors", "actors/support", "actors/turn", "actors/commit_log", "actors/entities",
               "actors/output", "actors/recovery", "actors/errands"}},
    {"cmd/client", said + wire +
                       names{"messages/ports", "messages/nats", "messages/nats/connection",
                             "messages/nats/ports"}},
    {"cmd", said + wire + ports + domain + adapters + actors + names{"cmd/client"}},
    {"tests", said + wire + ports + domain + adapters + actors +
                  names{"messages/wire/codec", "cmd", "cmd/client"}},
};

} // namespace dispatch::architecture
