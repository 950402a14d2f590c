#include "messages/wire/subjects.hpp"

#include <array>
#include <charconv>
#include <initializer_list>
#include <utility>

namespace dispatch::wire {

namespace {

std::string join(std::initializer_list<std::string_view> tokens) {
  auto size = tokens.size();
  for (const auto token : tokens) {
    size += token.size();
  }
  std::string joined;
  joined.reserve(size);
  for (const auto token : tokens) {
    if (!joined.empty()) {
      joined += '.';
    }
    joined += token;
  }
  return joined;
}

/// root_KIND_zone, and without the root when it is the default one.
std::string stream_name(std::string_view root, std::string_view name, std::string_view zone) {
  std::string whole;
  if (root != default_root) {
    whole.append(root).append("_");
  }
  whole += name;
  if (!zone.empty()) {
    whole.append("_").append(zone);
  }
  return whole;
}

constexpr std::size_t command_tokens_min = 6;
constexpr std::size_t command_tokens_max = 7;

struct token_list {
  std::array<std::string_view, command_tokens_max> tokens;
  std::size_t count = 0; ///< of all tokens, also of those that have no room
};

token_list split(std::string_view subject) {
  token_list list;
  for (auto rest = subject;;) {
    const auto dot = rest.find('.');
    if (list.count < list.tokens.size()) {
      list.tokens.at(list.count) = rest.substr(0, dot);
    }
    ++list.count;
    if (dot == std::string_view::npos) {
      return list;
    }
    rest.remove_prefix(dot + 1);
  }
}

failure bad_subject(std::string_view token, std::string_view rule) {
  return failure{std::string{"subject token "}.append(token).append(": ").append(rule)};
}

template <class Number> bool parse_number(std::string_view text, Number& to) {
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, to);
  return parsed.ec == std::errc{} && parsed.ptr == end;
}

constexpr std::string_view manifest_token = "manifest";
constexpr std::string_view id_rule = "must be 1 to 64 letters, digits, '-' or '_'";

} // namespace

std::string subjects::command(std::string_view zone, const entity_ref& target,
                              std::string_view verb, std::string_view by) const {
  if (by.empty()) {
    return join({root_, "in", zone, to_string(target.kind), target.id, verb});
  }
  return join({root_, "in", zone, to_string(target.kind), target.id, verb, by});
}

std::string subjects::commands_of_zone(std::string_view zone) const {
  return join({root_, "in", zone, ">"});
}

std::string subjects::log(std::string_view zone) const { return join({root_, "log", zone}); }

std::string subjects::event(std::string_view zone, const entity_ref& entity,
                            std::string_view name) const {
  return join({root_, "out", zone, to_string(entity.kind), entity.id, name});
}

std::string subjects::dead_letter(std::string_view zone, std::string_view reason) const {
  return join({root_, "out", zone, "dead", reason});
}

std::string subjects::given_up(std::string_view consumer, std::string_view zone) const {
  return join({root_, "dead", consumer, zone});
}

std::string subjects::given_up() const { return join({root_, "dead", ">"}); }

std::string subjects::events_of_zone(std::string_view zone) const {
  return join({root_, "out", zone, ">"});
}

std::string subjects::position(std::string_view zone, std::string_view rider) const {
  return join({root_, "pos", zone, rider});
}

std::string subjects::positions_of_zone(std::string_view zone) const {
  return join({root_, "pos", zone, "*"});
}

std::string subjects::positions() const { return join({root_, "pos", ">"}); }

std::string subjects::snapshot_chunk(std::string_view zone, std::uint64_t number,
                                     std::uint32_t index) const {
  return join({root_, "snap", zone, std::to_string(number), std::to_string(index)});
}

std::string subjects::snapshot_manifest(std::string_view zone, std::uint64_t number) const {
  return join({root_, "snap", zone, std::to_string(number), manifest_token});
}

std::string subjects::snapshot(std::string_view zone, std::uint64_t number) const {
  return join({root_, "snap", zone, std::to_string(number), ">"});
}

std::string subjects::snapshots_of_zone(std::string_view zone) const {
  return join({root_, "snap", zone, ">"});
}

std::string subjects::snapshots() const { return join({root_, "snap", ">"}); }

std::string subjects::admin(std::string_view zone, std::string_view verb) const {
  return join({root_, "admin", zone, verb});
}

std::string subjects::admin_of_zone(std::string_view zone) const {
  return join({root_, "admin", zone, ">"});
}

result<command_subject> parse_command_subject(std::string_view root, std::string_view subject) {
  const auto [tokens, count] = split(subject);
  if (count < command_tokens_min || count > command_tokens_max) {
    return failure{"subject must have 6 or 7 tokens, root.in.zone.kind.id.verb[.operator], has " +
                   std::to_string(count)};
  }
  const auto& [root_token, direction, zone, kind, id, verb, by] = tokens;
  if (root_token != root) {
    return bad_subject("root", std::string{"must be '"}.append(root).append("'"));
  }
  if (direction != "in") {
    return bad_subject("2", "must be 'in'");
  }
  command_subject parsed;
  if (!parse(kind, parsed.target.kind)) {
    return bad_subject("kind", "must be order, rider, station or zone");
  }
  for (const auto& [name, token] : {std::pair{"zone", zone}, {"id", id}, {"verb", verb}}) {
    if (!valid_id(token)) {
      return bad_subject(name, id_rule);
    }
  }
  if (count == command_tokens_max && !valid_id(by)) {
    return bad_subject("operator", id_rule);
  }
  if (parsed.target.kind == entity_kind::zone && id != zone) {
    return bad_subject("id", "must be the zone's own name in a command to the zone");
  }
  parsed.zone = zone;
  parsed.target.id = id;
  parsed.verb = verb;
  parsed.by = by;
  return parsed;
}

std::optional<std::string> parse_position_subject(std::string_view root, std::string_view zone,
                                                  std::string_view subject) {
  const auto [tokens, count] = split(subject);
  if (count != 4 || tokens[0] != root || tokens[1] != "pos" || tokens[2] != zone ||
      !valid_id(tokens[3])) {
    return std::nullopt;
  }
  return std::string{tokens[3]};
}

std::optional<snapshot_subject> parse_snapshot_subject(std::string_view root, std::string_view zone,
                                                       std::string_view subject) {
  const auto [tokens, count] = split(subject);
  snapshot_subject parsed;
  if (count != 5 || tokens[0] != root || tokens[1] != "snap" || tokens[2] != zone ||
      !parse_number(tokens[3], parsed.number)) {
    return std::nullopt;
  }
  if (tokens[4] != manifest_token && !parse_number(tokens[4], parsed.chunk.emplace())) {
    return std::nullopt;
  }
  return parsed;
}

std::string input_stream(std::string_view root, std::string_view zone) {
  return stream_name(root, "IN", zone);
}

std::string log_stream(std::string_view root, std::string_view zone) {
  return stream_name(root, "LOG", zone);
}

std::string output_stream(std::string_view root, std::string_view zone) {
  return stream_name(root, "OUT", zone);
}

std::string position_stream(std::string_view root) { return stream_name(root, "POS", {}); }

std::string snapshot_stream(std::string_view root) { return stream_name(root, "SNAP", {}); }

std::string zones_bucket(std::string_view root) { return std::string{root} + "_zones"; }

std::string leases_bucket(std::string_view root) { return std::string{root} + "_leases"; }

std::string notes_bucket(std::string_view root) { return std::string{root} + "_notes"; }

std::string given_up_stream(std::string_view root) { return stream_name(root, "DEAD", {}); }

std::string dead_bucket(std::string_view root) { return std::string{root} + "_dead"; }

std::string heartbeat_key(std::string_view node) { return "node." + std::string{node}; }
std::string claim_key(std::string_view zone) { return "zone." + std::string{zone}; }
std::string drain_key(std::string_view node) { return "drain." + std::string{node}; }

} // namespace dispatch::wire
