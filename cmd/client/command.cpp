#include "cmd/client/command.hpp"

#include "messages/wire/subjects.hpp"

#include <utility>
#include <vector>

namespace dispatch::client {

namespace {

/// Lives as long as the command.
std::vector<nats::header> headers_of(const command& what) {
  std::vector<nats::header> list;
  for (const auto& [name, value] : {std::pair{wire::command_id_header, &what.id},
                                    {"Content-Type", &what.content_type},
                                    {"traceparent", &what.trace},
                                    {"Nats-Msg-Id", &what.message_id}}) {
    if (!value->empty()) {
      list.push_back({name, value->c_str()});
    }
  }
  return list;
}

} // namespace

result<nats::publish_ack> store(nats::connection& on, const command& what,
                                std::chrono::milliseconds within) {
  return on.publish_stored(what.subject, headers_of(what), what.body, within);
}

void store_async(nats::connection& on, const command& what, std::chrono::milliseconds within,
                 std::function<void(result<nats::publish_ack>)> done) {
  on.request_async(what.subject.c_str(), headers_of(what), what.body, within,
                   [done = std::move(done)](const result<std::string>& reply) {
                     done(reply ? nats::parse_publish_ack(*reply)
                                : result<nats::publish_ack>{reply.error()});
                   });
}

} // namespace dispatch::client
