#include "cmd/client/command.hpp"

#include "messages/wire/subjects.hpp"

#include <utility>
#include <vector>

namespace dispatch::client {

namespace {

/// Lives as long as the command.
std::vector<nats::header> headers_of(const command& command) {
  std::vector<nats::header> list;
  for (const auto& [name, value] : {std::pair{wire::command_id_header, &command.id},
                                    {"Content-Type", &command.content_type},
                                    {"traceparent", &command.trace},
                                    {"Nats-Msg-Id", &command.message_id}}) {
    if (!value->empty()) {
      list.push_back({name, value->c_str()});
    }
  }
  return list;
}

} // namespace

result<nats::publish_ack> store(nats::connection& on, const command& command,
                                std::chrono::milliseconds within) {
  return on.publish_stored(command.subject, headers_of(command), command.body, within);
}

void store_async(nats::connection& on, const command& command, std::chrono::milliseconds within,
                 std::function<void(result<nats::publish_ack>)> done) {
  on.request_async(command.subject.c_str(), headers_of(command), command.body, within,
                   [done = std::move(done)](const result<std::string>& reply) {
                     done(reply ? nats::parse_publish_ack(*reply)
                                : result<nats::publish_ack>{reply.error()});
                   });
}

} // namespace dispatch::client
