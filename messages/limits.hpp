#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Every limit of the product, with the reason for its size. Zone policy (what an operator tunes)
/// is in messages/policy.hpp.
namespace dispatch::limits {

using namespace std::chrono_literals;

/// Commands in one turn. Large enough that an append (0.2 ms) and the rounds are shared by many,
/// small enough that a turn stays within some tens of milliseconds.
inline constexpr std::size_t batch_commands = 1024;

/// A record larger than this is not built: below NATS' default max_payload of 1 MiB.
inline constexpr std::size_t record_bytes_max = 512 * 1024;

/// No record may be larger: room is left for headers within max_payload.
inline constexpr std::size_t record_bytes_hard_max = 960 * 1024;

/// Bodies of commands in one turn, as the record keeps them. One command may be larger.
inline constexpr std::size_t input_bytes_per_turn = 128 * 1024;

/// Rounds of commands that events cause within a turn. The longest chain needs 4.
inline constexpr std::size_t rounds_max = 8;

/// Messages that a feed holds for a zone; the rest waits in JetStream.
inline constexpr std::size_t feed_messages_max = 4096;
inline constexpr std::size_t feed_bytes_max = 4 * 1024 * 1024;

/// Position reports taken in one turn.
inline constexpr std::size_t batch_positions = 256;

/// Deadlines that become due in one turn; also bounded by the record's budget.
inline constexpr std::size_t batch_deadlines = 256;

/// Records committed but not yet announced, or not yet in the store, at most. Beyond, the zone
/// takes no input: the lag shows in JetStream.
inline constexpr std::uint64_t unannounced_records_max = 64;

/// The same for positions, which may wait, since only the newest of each rider counts: so a flood
/// of them does not fill the way that the events of commands take.
inline constexpr std::uint64_t unannounced_records_before_positions = 4;

/// So many times a zone is opened without getting further in its input before the commands are
/// taken for dangerous and decided one at a time; and so many records are looked at for that.
inline constexpr std::size_t openings_before_care = 3;
inline constexpr std::size_t standstill_records = 64;

/// So many processes may end while they decide the same command alone, before it is taken for the
/// cause: one may have been killed for another reason in that instant.
inline constexpr std::uint32_t attempts_max = 2;

/// Turns of one command that follow. The turn that nobody survived had at most `batch_commands`
/// inputs, and positions take every second turn.
inline constexpr std::size_t careful_turns = 2 * batch_commands + batch_deadlines;

/// Records of the log that a standby folds before it looks at its mailbox.
inline constexpr std::size_t follow_batch = 256;
inline constexpr std::size_t follow_bytes = 2 * 1024 * 1024;

/// Events published at once; the next batch follows when these are stored.
inline constexpr std::size_t announce_batch = 4096;

/// Actors kept in memory per zone; the longest idle ones are passivated first.
inline constexpr std::size_t actors_max = 200'000;

/// A command's largest body; also the input stream's max_msg_size.
inline constexpr std::size_t command_bytes_max = 64 * 1024;

/// A command's id, the header Dispatch-Command-Id, in characters.
inline constexpr std::size_t command_id_bytes_max = 128;

/// Bodies of commands in one turn as they came, before anybody knows what is kept of them.
inline constexpr std::size_t raw_input_bytes_per_turn = 1024 * 1024;

/// A sender's rate counts a message once for each begun unit of its body.
inline constexpr std::size_t intake_unit_bytes = 4 * 1024;

/// Applied ids that an owner looks through for senders, the newest first.
inline constexpr std::size_t senders_looked_for = 100'000;

/// Senders per zone whose rate is remembered; the one not heard of for the longest time is
/// forgotten first. About 200 bytes each.
inline constexpr std::size_t senders_max = 10'000;

/// How long it is remembered that a dead letter was dealt with: longer than any output stream
/// keeps it.
inline constexpr std::chrono::hours handled_mark_age = 24h * 90;

/// How much of a bad message is kept in its dead letter.
inline constexpr std::size_t dead_letter_excerpt_bytes = 1024;

/// Applied command ids remembered per zone, and for how long. About 250 bytes each.
inline constexpr std::size_t applied_ids_max = 1'000'000;
inline constexpr std::chrono::hours dedupe_horizon = 24h;

/// Evidence kept per decision.
inline constexpr std::size_t candidates_kept = 10;
inline constexpr std::size_t gated_kept = 256;
inline constexpr std::size_t rules_kept = 8;

/// How long a signature of a waybill may take. A signer in the process takes less than a
/// millisecond; a rider who has just accepted waits no longer for one that is somewhere else.
inline constexpr std::chrono::milliseconds waybill_time_limit = 200ms;

/// So many failures in a row, and the signer is left alone for so long. Meanwhile waybills are
/// handed out without a signature.
inline constexpr std::size_t signer_failures_max = 3;
inline constexpr std::chrono::seconds signer_pause = 2s;

/// Signatures that a zone waits for at once: what one core signs in a tenth of the time limit.
inline constexpr std::size_t waybills_in_flight = 64;

/// Waybills that become part of one turn, and their bytes: each is in the record three times.
inline constexpr std::size_t batch_waybills = 128;
inline constexpr std::size_t waybill_bytes_per_turn = 160 * 1024;

/// Travel times are asked for, and kept, by pairs of geohash cells of this precision: 38 x 19 m.
inline constexpr std::size_t travel_cell_precision = 8;

/// What a search for one order's rider asks for at most; what else it needs is estimated.
inline constexpr std::size_t travel_legs_per_order = 600;

/// Travel times that a zone keeps: the newest, between half as many and so many.
inline constexpr std::size_t travel_times_kept = 400'000;

/// How long a routing engine may take for one question, and of how many places one consists. OSRM
/// answers up to 100 (`--max-table-size`) as it comes.
inline constexpr std::chrono::milliseconds travel_time_limit = 500ms;
inline constexpr std::size_t travel_places_per_question = 100;

/// Connections of a node to its routing engine, which all its zones share: as many as one zone asks
/// questions at once, and more than an engine has cores. And the longest answer that is read: a
/// table of the largest question is some 30 KB.
inline constexpr std::size_t travel_connections_max = 32;
inline constexpr std::size_t travel_body_bytes_max = 2 * 1024 * 1024;

/// So many failures in a row, and the engine is left alone for so long. Meanwhile travel times are
/// estimated.
inline constexpr std::size_t travel_failures_max = 3;
inline constexpr std::chrono::seconds travel_pause = 5s;

/// Questions that are not answered yet. More of them wait.
inline constexpr std::size_t travel_questions_in_flight = 32;

/// Answers per turn: so many orders, so many times.
inline constexpr std::size_t batch_travel_answers = 64;
inline constexpr std::size_t travel_times_per_turn = 8'000;

/// The text of a policy, as it is sent and as it is kept.
inline constexpr std::size_t policy_bytes_max = 32 * 1024;

/// Rules of a policy, and the bytes of one expression: all of them are computed for every rider who
/// is considered.
inline constexpr std::size_t rules_max = 32;
inline constexpr std::size_t expression_bytes_max = 512;

/// What one rule may add to a cost, in seconds, and how much more an order may count: far below
/// what it costs to leave an order without a rider.
inline constexpr double rule_cost_s_max = 100'000.0;
inline constexpr double order_weight_max = 100.0;

/// Riders on the way to other zones that are looked up at once; and how long an announced rider is
/// waited for before the other zone is asked again, twice as long each time.
inline constexpr std::size_t transfers_listed = 256;
inline constexpr std::chrono::microseconds transfer_patience_min = 2s;
inline constexpr std::chrono::microseconds transfer_patience_max = 60s;

/// Zones whose last transfer of a rider is remembered, so that its repeats have no effect.
inline constexpr std::size_t transfer_origins_max = 8;

/// Units of capacity that any rider may have, whatever the zone allows by vehicle.
inline constexpr std::uint32_t capacity_max = 1000;

/// Skills that a rider has, or that an order needs.
inline constexpr std::size_t skills_max = 8;

/// Riders remembered per order as having passed on it.
inline constexpr std::size_t passed_riders_max = 8;

/// Riders who can be asked at once about one order, whatever the policy says.
inline constexpr std::int64_t offers_at_once_max = 10;

/// Assigned orders for which a match looks for a better rider.
inline constexpr std::size_t swaps_looked_at_per_match = 64;

/// Different reasons for which riders turned an order down, remembered per order.
inline constexpr std::size_t lapse_reasons_max = 8;

/// Goods that one order may name, and articles that one sensor report may count.
inline constexpr std::size_t goods_per_order = 16;
inline constexpr std::size_t counts_per_report = 256;

/// Stations considered for an order that names none: the nearest to the customer that have the
/// goods and that no rule forbids; while no rider is found for any of them, further ones up to the
/// second number.
inline constexpr std::size_t stations_per_order = 5;
inline constexpr std::size_t stations_per_order_max = 25;

/// Candidate riders per order in a match: the nearest that pass the gates; and how many of them
/// have no work, if there are so many.
inline constexpr std::size_t candidates_per_order = 24;
inline constexpr std::size_t idle_candidates_per_order = 12;

/// Newest records listed per entity, for its history.
inline constexpr std::size_t records_per_entity = 128;

/// A note to the rider, and how long it is kept.
inline constexpr std::size_t note_bytes_max = 1024;
inline constexpr std::chrono::hours note_max_age = 7 * 24h;

/// A clock further than this off the server's suspends deadlines.
inline constexpr std::chrono::seconds clock_offset_max = 2s;
inline constexpr std::chrono::seconds clock_check_interval = 10s;

/// Changes of a simulated clock that a definition keeps: so often a simulation can be woken.
inline constexpr std::size_t clock_changes_max = 1000;

/// A node with less room on its disk leaves its zones to others while it can still hand them over,
/// and takes them back when there is twice as much.
inline constexpr std::uintmax_t disk_free_bytes_min = 32 * 1024 * 1024;

/// How long a blocking call on a port may take.
inline constexpr std::chrono::milliseconds port_timeout = 3000ms;

/// How long a server may take to trim a stream.
inline constexpr std::chrono::seconds trim_timeout = 60s;

/// Records that the journal keeps at least, for history and repair.
inline constexpr std::uint64_t journal_records_min = 100'000;

/// Journal records deleted at once; what is written meanwhile waits for no more than that.
inline constexpr std::uint64_t journal_records_per_forget = 2'000;

/// Complete snapshots kept per zone: the log is kept from the older one on, so that a damaged one
/// does no harm.
inline constexpr std::size_t snapshots_kept = 2;

/// A chunk of a snapshot, well below NATS' max_payload also when it is read as base64; and how many
/// of them are unconfirmed.
inline constexpr std::size_t snapshot_chunk_bytes = 256 * 1024;
inline constexpr std::size_t snapshot_chunks_in_flight = 4;

/// One frame of a snapshot or an archive: an entity, a record.
inline constexpr std::size_t frame_bytes_max = 4 * 1024 * 1024;

/// One archive file.
inline constexpr std::size_t archive_bytes_max = 256 * 1024 * 1024;

/// Records are archived when the oldest is older than the log's retention by a part of it, so that
/// a week's log makes about one file a day, and the server trims as seldom.
inline constexpr int archive_slack_parts = 8;

/// After so many consumed commands a snapshot is shipped, and the input stream is trimmed up to the
/// second newest one: it keeps up to twice as many. nats-server 2.9.10 takes seconds for a trim,
/// however little it deletes.
inline constexpr std::uint64_t input_retention_messages = 1'000'000;

} // namespace dispatch::limits
