#include "cmd/dispatch-bench/stream_reader.hpp"

#include "cmd/dispatch-bench/site.hpp"
#include "cmd/shared/exit_code.hpp"
#include "messages/limits.hpp"

#include <utility>

namespace dispatch::bench {

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 30s;
constexpr auto look_up_interval = 200ms;

} // namespace

stream_reader::stream_reader(std::shared_ptr<nats::connection> on, std::string stream,
                             std::uint64_t after)
    : stream_(std::move(stream)), reader_(std::move(on), stream_, "", after) {}

std::vector<stored_message> stream_reader::next(std::size_t messages_max) {
  const auto until = steady::now() + patience;
  while (steady::now() < until) {
    stop_if_interrupted();
    if (auto messages = next_within(messages_max, look_up_interval); !messages.empty()) {
      return messages;
    }
  }
  throw cli::stop(cli::exit_code::failed, "nothing comes from stream " + stream_);
}

std::vector<stored_message> stream_reader::next_within(std::size_t messages_max,
                                                       std::chrono::milliseconds span) {
  return cli::value_or_stop(reader_.next(messages_max, steady::now() + span),
                            cli::exit_code::failed);
}

void read_all(const std::shared_ptr<nats::connection>& on, const std::string& stream,
              std::uint64_t first, std::uint64_t last,
              const std::function<void(const stored_message&)>& visit) {
  stream_reader reader{on, stream, first - 1};
  for (auto next = first; next <= last;) {
    for (const auto& message : reader.next(limits::feed_messages_max)) {
      if (message.sequence <= last) {
        visit(message);
      }
      next = message.sequence + 1;
    }
  }
}

} // namespace dispatch::bench
