#include "messages/nats/child_process.hpp"
#include "messages/nats/connection/server_info.hpp"
#include "messages/nats/embedded_server.hpp"
#include "tests/nats/fixture.hpp"

#include <cerrno>
#include <fstream>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace dispatch;
using namespace dispatch::nats;
using namespace dispatch::nats::testing;

namespace {

/// Whether a process, of which the handle was taken while it ran, ends in time.
bool ends(const process_handle& process) {
  pollfd waiting{.fd = process.wait_descriptor(), .events = POLLIN, .revents = 0};
  return ::poll(&waiting, 1, static_cast<int>(std::chrono::milliseconds(patience).count())) == 1;
}

bool exists(pid_t id) { return ::kill(id, 0) == 0 || errno != ESRCH; }

} // namespace

TEST_CASE("an embedded server serves JetStream and leaves no process behind") {
  const temporary_directory directory;
  pid_t id = 0;
  {
    const auto server = value_of(embedded_server::start({.directory = directory.path()}));
    id = server->process_id();
    CHECK(exists(id));
    const auto info = value_of(read_server_info(parse_urls(server->url()).front(), 3s));
    CHECK(info.jetstream);
    CHECK_FALSE(refusal_of_version(info.version));
    connection_settings settings;
    settings.url = server->url();
    const auto on = value_of(connection::open(settings));
    CHECK(on->connected());
    CHECK(on->server_version() == info.version);
  }
  CHECK_FALSE(exists(id));
}

TEST_CASE("a killed server is started again on its port with its store") {
  installation here;
  here.create("S", "s");
  here.fill("s", 1, 10);
  const auto id = here.server().process_id();
  here.crash_server();
  CHECK(here.server().process_id() != id);
  CHECK(value_of(describe_stream(*here.on(), "S")).state.last_sequence == 10);
}

TEST_CASE("a killed server that cannot be started again is given up") {
  const temporary_directory directory;
  const auto program = directory.path() / "nats-server";
  std::filesystem::create_symlink("/usr/sbin/nats-server", program);
  answer<bool> given_up;
  const auto server =
      value_of(embedded_server::start({.directory = directory.path() / "nats",
                                       .program = program.string(),
                                       .on_given_up = [tell = given_up.receiver()] { tell(true); },
                                       .given_up_after = 1ms}));
  std::filesystem::remove(program);
  REQUIRE(::kill(server->process_id(), SIGKILL) == 0);
  CHECK(given_up.wait());
  CHECK(server->process_id() == 0);
}

TEST_CASE("the server dies with the process that started it") {
  const temporary_directory directory;
  std::array<int, 2> pipe{};
  REQUIRE(::pipe(pipe.data()) == 0);
  const auto owner = ::fork();
  if (owner == 0) {
    const auto server = embedded_server::start({.directory = directory.path()});
    const pid_t id = server ? (*server)->process_id() : 0;
    (void)!::write(pipe[1], &id, sizeof id);
    ::pause();
  }
  pid_t id = 0;
  REQUIRE(::read(pipe[0], &id, sizeof id) == sizeof id);
  REQUIRE(id > 0);
  const auto process = value_of(process_handle::of(id));
  ::kill(owner, SIGKILL);
  ::waitpid(owner, nullptr, 0);
  CHECK(ends(process));
  ::close(pipe[0]);
  ::close(pipe[1]);
}

TEST_CASE("a server left behind on the directory is stopped first") {
  const temporary_directory directory;
  { value_of(embedded_server::start({.directory = directory.path()})); }
  // As a predecessor would leave it whose kernel did not end its child.
  const auto home = std::filesystem::canonical(directory.path());
  auto left = value_of(process_handle::start(
      {"/usr/sbin/nats-server", "-c", (home / "nats-server.conf").string()}, home / "left.log"));
  answer<bool> written;
  const auto pid_file = home / "nats-server.pid";
  std::filesystem::remove(pid_file);
  pid_t named = 0;
  for (const auto until = std::chrono::steady_clock::now() + patience;
       named != left.id() && std::chrono::steady_clock::now() < until;) {
    std::ifstream(pid_file) >> named;
  }
  REQUIRE(named == left.id());

  const auto server = value_of(embedded_server::start({.directory = directory.path()}));
  CHECK(ends(left));
  left.reap();
  CHECK(server->process_id() != named);
}

TEST_CASE("a server that cannot start is a failure that names its log") {
  const temporary_directory directory;
  const auto missing = embedded_server::start(
      {.directory = directory.path() / "a", .program = "/nonexistent/nats-server"});
  REQUIRE_FALSE(missing);
  CHECK(missing.error().what.find("nats-server.log") != std::string::npos);

  const auto first = value_of(embedded_server::start({.directory = directory.path() / "b"}));
  const auto second =
      embedded_server::start({.directory = directory.path() / "c", .port = first->port()});
  CHECK_FALSE(second);
}

TEST_CASE("a connection is refused where no server answers") {
  connection_settings settings;
  settings.url = "nats://127.0.0.1:1";
  const auto none = connection::open(settings);
  REQUIRE_FALSE(none);
  CHECK(none.error().what.find("127.0.0.1:1") != std::string::npos);
}

TEST_CASE_FIXTURE(installation,
                  "requests are answered, and fail at once without a server of them") {
  const auto service = value_of(on()->serve(
      "admin.z.>", [](const question& asked) { asked.answer(asked.subject + "=" + asked.body); }));
  const auto client = connect();
  CHECK(value_of(client->request("admin.z.state", "x", 5s)) == "admin.z.state=x");
  answer<result<std::string>> reply;
  client->request_async("admin.z.audit", {}, "y", 5s, reply.receiver());
  CHECK(value_of(reply.wait()) == "admin.z.audit=y");
  client->request_async("admin.y.audit", {}, "y", 60s, reply.receiver());
  CHECK_FALSE(reply.wait());
  CHECK_FALSE(client->request("admin.y.state", "x", 60s));
}

TEST_CASE_FIXTURE(installation,
                  "an answer that does not come ends in time or with the connection") {
  const auto silent = value_of(on()->subscribe("silence", [](const incoming&) {}));
  const auto client = connect();
  answer<result<std::string>> reply;
  client->request_async("silence", {}, "", 50ms, reply.receiver());
  CHECK_FALSE(reply.wait());
  client->request_async("silence", {}, "", 1h, reply.receiver());
  crash_server();
  CHECK_FALSE(reply.wait());
}
