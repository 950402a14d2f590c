#include "actors/output/announcing.hpp"

#include "messages/wire/codec.hpp"

#include <charconv>
#include <utility>

namespace dispatch {

namespace {

/// Reads a number and the separator behind it, if any; false on anything else.
template <class Number> bool read_number(std::string_view& text, Number& value) {
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{}) {
    return false;
  }
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
  if (!text.empty()) {
    if (text.front() != '/') {
      return false;
    }
    text.remove_prefix(1);
    return !text.empty();
  }
  return true;
}

/// Whether no record of a log that is known so far can have it.
bool is_of_no_log(const announcement_id& id, const known_log& log) {
  return id.number < id.epoch || (id.epoch > log.epoch && id.number <= log.number);
}

} // namespace

std::string to_text(std::string_view zone, const announcement_id& id) {
  std::string text{zone};
  text.append("/").append(std::to_string(id.epoch));
  text.append("/").append(std::to_string(id.number));
  text.append("/").append(std::to_string(id.index));
  return text;
}

std::optional<announcement_id> parse_announcement_id(std::string_view zone, std::string_view text) {
  if (!text.starts_with(zone) || text.size() <= zone.size() || text[zone.size()] != '/') {
    return std::nullopt;
  }
  text.remove_prefix(zone.size() + 1);
  announcement_id id;
  if (!read_number(text, id.epoch) || !read_number(text, id.number) ||
      !read_number(text, id.index) || !text.empty()) {
    return std::nullopt;
  }
  return id;
}

result<output_end> find_output_end(event_sink& sink, std::string_view zone, const known_log& log) {
  const auto kept = sink.tail();
  if (!kept) {
    return kept.error();
  }
  output_end end;
  end.last_sequence = kept->last_sequence;
  std::optional<announcement_id> oldest; // of those that are beyond the log, back from the last
  std::uint64_t beyond = 0;              // so many
  for (auto sequence = kept->last_sequence; sequence >= kept->first_sequence && sequence > 0;
       --sequence) {
    const auto text = sink.id_at(sequence);
    if (!text) {
      return text.error();
    }
    if (!*text) {
      continue;
    }
    const auto id = parse_announcement_id(zone, **text);
    if (!id || is_of_no_log(*id, log) || (oldest && *oldest < *id)) {
      ++end.foreign;
      continue;
    }
    if (oldest && oldest->epoch > id->epoch + 1) { // Nobody opened the epochs in between.
      end.foreign += std::exchange(beyond, 0);
      end.last.reset();
    }
    end.last = end.last ? end.last : id;
    if (id->number <= log.number) {
      break;
    }
    oldest = id;
    ++beyond;
  }
  return end;
}

std::string told_of_foreign(const output_end& end, const std::string& zone) {
  return "the output stream ends with messages that are not the zone's, they are passed over: " +
         std::to_string(end.foreign) + ", up to sequence " + std::to_string(end.last_sequence) +
         "; let nobody but nodes publish to the subjects of zone " + zone + "'s events";
}

std::vector<announcement> announcements_of(const record& r,
                                           const std::vector<std::string>& encoded_events,
                                           const wire::subjects& names) {
  std::vector<announcement> list;
  list.reserve(r.events.size() + r.dead_letters.size());
  announcement_id id{r.epoch, r.number, 0};
  const auto add = [&](std::string subject, std::string trace, std::string body) {
    list.push_back({std::move(subject), to_text(r.zone, id), std::move(trace), std::move(body)});
    ++id.index;
  };
  for (std::size_t i = 0; i < r.events.size(); ++i) {
    const auto& e = r.events[i];
    if (announced(e.body)) {
      add(names.event(r.zone, e.entity, event_name(e.body)), e.trace,
          wire::announced_form(e, encoded_events[i]));
    }
  }
  for (const auto& letter : r.dead_letters) {
    add(names.dead_letter(r.zone, letter.reason), "", wire::encode_dead_letter(letter));
  }
  return list;
}

} // namespace dispatch
