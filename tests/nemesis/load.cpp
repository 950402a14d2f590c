#include "tests/nemesis/load.hpp"

#include "messages/wire/subjects.hpp"
#include "tests/integration/harness.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace dispatch::nemesis {

namespace {

using namespace std::chrono_literals;

constexpr auto send_again_after = 1s;
/// For the outcomes of zones that are at rest, but perhaps decide one command at a time.
constexpr auto outcome_within = 40s;
/// Time passes without a message.
constexpr auto look_again_after = 50ms;
/// Beside a city, of so many rounds one.
constexpr std::uint64_t city_rounds = 5;

} // namespace

load::load(std::shared_ptr<nats::connection> on, std::vector<spoken_zone> zones,
           double per_second_and_zone)
    : connection_(std::move(on)), zones_(std::move(zones)),
      interval_(std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(
          1.0 / (per_second_and_zone * static_cast<double>(zones_.size()))))),
      senders_(zones_.size()) {
  for (std::size_t zone = 0; zone < zones_.size(); ++zone) {
    clients_.push_back(std::make_unique<client::sender>(
        connection_,
        client::sender_settings{.zone = zones_[zone].name,
                                .sending = {.again_after_failure = send_again_after,
                                            .again_without_outcome = send_again_after},
                                .stored_within = send_again_after,
                                .ends =
                                    [this, zone](const client::announced& message) {
                                      return observe(zone, std::get<event>(message.what));
                                    }},
        bell_));
  }
  reading_thread_ = std::thread{[this] { read(); }};
  sending_thread_ = std::thread{[this] { send(); }};
}

load::~load() {
  {
    const std::scoped_lock lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  bell_->ring();
  sending_thread_.join();
  reading_thread_.join();
}

bool load::is_due(std::size_t zone, std::uint64_t round) {
  switch (zones_[zone].kind) {
  case zone_kind::city:
    return sending_ && round % city_rounds == 0;
  case zone_kind::quiet:
    return std::exchange(senders_[zone].asked, false);
  default:
    return sending_;
  }
}

load::command load::next_of(std::size_t zone) {
  const auto& name = zones_[zone].name;
  const auto step = senders_[zone].step++;
  auto said = line_of(zones_[zone].kind, step);
  command next;
  next.zone = zone;
  next.entity = said.entity;
  next.row = name + "." + (said.row.empty() ? said.entity : said.row);
  next.what = said.entity + "." + said.verb;
  next.subject = std::string{wire::default_root} + ".in." + name + "." + next.what;
  next.id = "nemesis." + name + "-" + std::to_string(step);
  next.body = std::move(said.body);
  next.expected = std::move(said.expected);
  next.follows = said.follows;
  return next;
}

/// At once, or behind what was said before in the same row.
void load::say(command next, steady::time_point now) {
  const auto [row, is_free] = rows_.try_emplace(next.row);
  if (is_free) {
    launch(std::move(next), now);
  } else {
    row->second.push_back(std::move(next));
  }
}

void load::launch(command next, steady::time_point now) {
  next.published = now;
  const auto said = clients_[next.zone]->tell(
      {.subject = next.subject, .body = next.body, .message_id = next.id});
  if (!said) {
    surprises_.push_back(said.error().what);
  }
  auto id = next.id;
  open_.emplace(std::move(id), std::move(next));
}

void load::send() {
  std::unique_lock lock{mutex_};
  auto due = steady::now();
  for (std::uint64_t i = 0; !stopping_; ++i) {
    const auto zone = i % zones_.size();
    if (is_due(zone, i / zones_.size())) {
      say(next_of(zone), steady::now());
    }
    due += interval_;
    changed_.wait_until(lock, due, [&] { return stopping_; });
  }
}

void load::read() {
  const auto is_stopping = [this] {
    const std::scoped_lock lock{mutex_};
    return stopping_;
  };
  while (!is_stopping()) {
    auto due = steady::now() + send_again_after;
    for (const auto& zone : clients_) {
      if (!zone->work()) {
        zone->listen_again();
      }
      due = std::min(due, zone->next_due().value_or(due));
    }
    bell_->wait_until(due);
  }
}

/// Returns the id of the command whose outcome it is; empty: of none.
std::string load::observe(std::size_t zone, const event& what) {
  const auto now = steady::now();
  const std::scoped_lock lock{mutex_};
  changed_.notify_all();
  if (const auto* of_zone = std::get_if<zone_event>(&what.body)) {
    const auto* opened = std::get_if<zone_opened>(of_zone);
    if (opened != nullptr && opened->epoch > senders_[zone].epoch) {
      senders_[zone].epoch = opened->epoch;
      openings_.push_back({zone, now});
    }
  }
  const auto found = meant_by(zone, what);
  if (found == open_.end()) {
    return {};
  }
  const auto name = event_name(what.body);
  const auto* refused = std::get_if<command_refused>(&what.body);
  const auto* repeated = std::get_if<command_repeated>(&what.body);
  const auto never = name == "assignment_refused" ||
                     (refused != nullptr && !comes_again(refused->code)) ||
                     (repeated != nullptr && repeated->first_event == "refused");
  if (never) {
    surprises_.push_back("zone " + zones_[zone].name + ": " + found->second.what + " was refused" +
                         (refused == nullptr ? "" : ": " + std::string{to_string(refused->code)}));
  }
  if (never || (repeated != nullptr && !found->second.follows) || name == found->second.expected) {
    return end(found, now);
  }
  return {};
}

/// The open command that the event is about.
std::map<std::string, load::command>::iterator load::meant_by(std::size_t zone, const event& what) {
  const auto named = open_.find(what.command_id);
  if (named != open_.end() || !what.command_id.empty()) {
    return named;
  }
  const auto entity = std::string{to_string(what.entity.kind)} + "." + what.entity.id;
  return std::ranges::find_if(open_, [&](const auto& c) {
    return c.second.follows && c.second.zone == zone && c.second.entity == entity;
  });
}

std::string load::end(std::map<std::string, command>::iterator found, steady::time_point now) {
  const auto done = found->second;
  open_.erase(found);
  samples_.push_back({done.zone, done.id, done.published, now});
  auto& answered = senders_[done.zone].answered;
  answered = std::max(answered, done.published);
  const auto row = rows_.find(done.row);
  if (row->second.empty()) {
    rows_.erase(row);
    return done.id;
  }
  auto next = std::move(row->second.front());
  row->second.pop_front();
  launch(std::move(next), now);
  return done.id;
}

std::optional<steady::time_point> load::oldest_of(std::size_t zone) const {
  std::optional<steady::time_point> oldest;
  for (const auto& [id, each] : open_) {
    if (each.zone == zone) {
      oldest = std::min(oldest.value_or(each.published), each.published);
    }
  }
  return oldest;
}

std::map<std::size_t, steady::time_point> load::unanswered() const {
  const std::scoped_lock lock{mutex_};
  std::map<std::size_t, steady::time_point> oldest;
  for (const auto& [id, each] : open_) {
    const auto [known, first] = oldest.emplace(each.zone, each.published);
    known->second = std::min(known->second, each.published);
  }
  return oldest;
}

/// The first of the zones that does not answer in time; nullopt: all do.
std::optional<std::size_t> load::first_silent(const std::vector<std::size_t>& zones,
                                              steady::time_point since,
                                              std::chrono::milliseconds longest) {
  auto ordered = zones;
  std::ranges::stable_partition(ordered, [&](std::size_t zone) { return is_busy(zone); });
  const auto deadline = steady::now() + longest;
  std::unique_lock lock{mutex_};
  for (const auto zone : ordered) {
    if (!is_busy(zone)) {
      since = steady::now();
      senders_[zone].asked = true;
    }
    const auto has_answered = [&] {
      const auto oldest = oldest_of(zone);
      return senders_[zone].answered > since && (!oldest || *oldest > since);
    };
    if (!changed_.wait_until(lock, deadline, has_answered)) {
      return zone;
    }
  }
  return std::nullopt;
}

void load::await_outcomes(const std::vector<std::size_t>& zones, steady::time_point since,
                          std::chrono::milliseconds longest) {
  if (const auto silent = first_silent(zones, since, longest)) {
    throw std::runtime_error("zone " + zones_[*silent].name + " does not answer within " +
                             std::to_string(longest.count()) + " ms");
  }
}

bool load::is_answered_within(std::chrono::milliseconds longest,
                              const std::vector<std::size_t>& zones, steady::time_point since) {
  return !first_silent(zones, since, longest);
}

void load::await_silence(const std::string& zone, std::chrono::milliseconds span) {
  std::unique_lock lock{mutex_};
  const auto since = steady::now();
  const auto deadline = since + integration::patience;
  const auto waits = [&](const auto& open) {
    const auto published = open.second.published;
    return zones_[open.second.zone].name == zone && published > since &&
           published < steady::now() - span;
  };
  while (std::ranges::none_of(open_, waits)) {
    if (steady::now() > deadline) {
      throw std::runtime_error("zone " + zone + " answers as if nothing had happened");
    }
    changed_.wait_for(lock, look_again_after);
  }
}

void load::settle() {
  const auto since = steady::now();
  std::unique_lock lock{mutex_};
  const auto settled = changed_.wait_for(lock, outcome_within, [&] {
    return std::ranges::none_of(open_, [&](const auto& c) { return c.second.published < since; });
  });
  if (!settled) {
    throw std::runtime_error("commands have no outcome, among them " + open_.begin()->first);
  }
}

void load::finish() {
  std::unique_lock lock{mutex_};
  sending_ = false;
  if (!changed_.wait_for(lock, outcome_within, [&] { return open_.empty(); })) {
    throw std::runtime_error(std::to_string(open_.size()) +
                             " commands have no outcome, among them " + open_.begin()->first);
  }
}

std::vector<load::sample> load::samples() const {
  const std::scoped_lock lock{mutex_};
  return samples_;
}

std::vector<load::opening> load::openings() const {
  const std::scoped_lock lock{mutex_};
  return openings_;
}

std::vector<std::string> load::surprises() const {
  const std::scoped_lock lock{mutex_};
  return surprises_;
}

} // namespace dispatch::nemesis
