#pragma once

#include "messages/records/command.hpp"
#include "messages/records/event.hpp"
#include "messages/records/record.hpp"
#include "messages/result.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

struct evp_md_ctx_st;

/// How messages are spelled: protobuf (dispatch/v1/*.proto), or JSON of the same messages with the
/// field names of the .proto files.
namespace dispatch::wire {

enum class encoding : std::uint8_t { json, protobuf };

/// Of a Content-Type header. JSON when it is empty. Fails on any other type.
result<encoding> encoding_of(std::string_view content_type);

/// Why bytes are not a valid message.
struct rejection {
  std::string reason; ///< one subject token: `bad_body`, `bad_field`, `unknown_verb`, ...
  std::string detail; ///< names the field and the rule
};

/// The command that `verb` of a `kind` means, with its body decoded and every field checked: ids by
/// pattern, coordinates in range, times within the protocol's range, enum values known, sizes.
/// An empty body is an empty message. Unknown protobuf fields are ignored, unknown JSON fields
/// are rejected.
std::variant<command_body, rejection> decode_command(entity_kind kind, std::string_view verb,
                                                     encoding as, std::string_view body);

/// What a dead letter may keep of a body in clear, at most so many bytes: of JSON the values of
/// fields that the verb's message has and that are no secret, and `***` for others; of all else
/// nothing.
std::string excerpt_of(entity_kind kind, std::string_view verb, encoding as, std::string_view body,
                       std::size_t bytes_max);

/// The body of a position report.
std::variant<place, rejection> decode_position(encoding as, std::string_view body);
std::string encode_position(const place& at, encoding as);

/// The verb token of a command that may come from outside; empty for those that may not.
std::string_view verb_of(const command_body& body);

/// The body of a command that may come from outside.
std::string encode_command(const command_body& body, encoding as);

std::string encode_event(const event& e);

/// What the world hears of an event that is encoded so: the same, but for the seals of delivery
/// codes, of which a rider could guess the codes. A stop that needs a code says so.
std::string announced_form(const event& e, const std::string& encoded);
result<event> decode_event(std::string_view bytes, encoding as = encoding::protobuf);

/// The canonical bytes of a waybill, which are signed: the same for the same waybill.
std::string encode_waybill(const waybill& waybill);
result<waybill> decode_waybill(std::string_view bytes);

std::string encode_dead_letter(const dead_letter& letter);
result<dead_letter> decode_dead_letter(std::string_view bytes);

/// A record around its events, which are given encoded (by encode_event, in the order of
/// `r.events`), so that they are encoded once for the log and for the output stream.
std::string encode_record(const record& r, std::span<const std::string> encoded_events);
/// Fails, naming the format, on a record of a newer format than this build's.
result<record> decode_record(std::string_view bytes);

/// The encoded events of a record as they lie in it, without decoding them.
result<std::vector<std::string>> encoded_events_of(std::string_view record_bytes);

/// The format of states that this build writes. It reads this and older ones.
inline constexpr std::uint32_t state_format = 1;

/// States, for snapshots. Every one carries its format; a newer one is refused by name.
std::string encode_state(const order& state);
std::string encode_state(const rider& state);
std::string encode_state(const station& state);
std::string encode_state(const zone& state);
result<order> decode_order(std::string_view bytes);
result<rider> decode_rider(std::string_view bytes);
result<station> decode_station(std::string_view bytes);
result<zone> decode_zone(std::string_view bytes);

/// The JSON form, for people and programs, of an encoded state, event or record.
result<std::string> state_to_json(entity_kind kind, std::string_view bytes);
result<std::string> event_to_json(std::string_view bytes);
result<std::string> record_to_json(std::string_view bytes);
std::string decision_to_json(const decision& d);

/// SHA-256 of stored bytes: the link of the log's hash chain.
record_hash hash_of(std::string_view bytes);

/// The same of bytes that come in parts.
class running_hash {
public:
  running_hash();
  void add(std::string_view bytes);
  /// Of everything added so far.
  record_hash so_far() const;

private:
  struct context {
    void operator()(evp_md_ctx_st* of) const;
  };
  std::unique_ptr<evp_md_ctx_st, context> context_;
};

/// Whether text can be kept as it is in a text field. What an encoder finds not to be UTF-8 it
/// writes with `?` for every wrong byte, so whoever takes text from outside a body (ids, traces,
/// subjects) has to ask first.
bool valid_utf8(std::string_view text);

/// What records and events keep of a code that opens an order's drop-off: 32 hexadecimal digits of
/// a SHA-256 over the order's id and the code. Empty for an empty one.
std::string sealed_code(std::string_view order, std::string_view code);

/// XXH3-64 of bytes, for digests and fingerprints.
std::uint64_t fast_hash(std::string_view bytes, std::uint64_t seed = 0);

} // namespace dispatch::wire
