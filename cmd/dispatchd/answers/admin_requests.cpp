#include "cmd/dispatchd/answers/admin_requests.hpp"

namespace dispatch::daemon {

namespace {

using field = admin_request::field;

const field kind_field{"kind", "`order`, `rider`, `station` or `zone`", true};

field id_field(const std::string& of) { return {"id", "of the " + of, true}; }

field limit_field(const std::string& what, std::size_t otherwise, std::size_t most) {
  return {"limit", "at most so many " + what + ", from 1; more than " + std::to_string(most) +
                       " count as " + std::to_string(most) +
                       "; absent: " + std::to_string(otherwise)};
}

} // namespace

const std::vector<admin_request>& admin_requests() {
  static const std::vector<admin_request> all = {
      {"list",
       "Entities by id, a page at a time.",
       {kind_field,
        {"status", "only entities of this status; absent: all"},
        {"after", "begins behind this id; absent: with the first"},
        limit_field("rows", list_limit, list_limit_max)},
       "`rows`: each with `id`, `status`, `cell`, `load`, `deadline`, `record` and `waiting`"},
      {"get",
       "The state of one entity.",
       {kind_field, id_field("entity")},
       "`id`, `status`, `record`, `waiting`, `state`"},
      {"history",
       "The newest events of one entity, the oldest of them first.",
       {kind_field,
        id_field("entity"),
        limit_field("events", history_limit, history_limit_max),
        {"before", "only events of records below this number; absent: up to the newest"}},
       "`entries`: each with `record`, `at`, `event`, `command_id` and `body`; `more`: events that "
       "were asked for are left out, since an answer has about " +
           std::to_string(page_bytes_max >> 10) +
           " KiB; `records_missing`: records that are not kept any more"},
      {"explain",
       "The newest decisions about one order, the oldest of them first.",
       {id_field("order"), limit_field("decisions", explain_limit, explain_limit_max)},
       "`decisions`: each with `record`, `at` and the evidence; `id`, `status`, `waiting`, "
       "`pause`, "
       "`rider`, `wrong_codes`, `end_reason`, `records_missing`"},
      {"record",
       "One committed record.",
       {{"number", "of the record", true}},
       "the bytes of the record as they are committed: protobuf `dispatch.v1.Record`"},
      {"zone",
       "How the zone is doing. Answered from memory, also while other questions wait.",
       {},
       "`zone`, `running`, `halted`, `cause`, `epoch`, `record`, `input_position`, `metrics`"},
  };
  return all;
}

const std::vector<admin_error>& admin_errors() {
  static const std::vector<admin_error> all = {
      {"bad_request", 400, "The request is no JSON object, or a field has a wrong value."},
      {"unknown_verb", 404, "There is no such verb."},
      {"unknown_order", 404, "The zone has never heard of this order."},
      {"unknown_rider", 404, "The zone has never heard of this rider."},
      {"unknown_station", 404, "The zone has never heard of this station."},
      {"unknown_zone", 404, "The zone has another name."},
      {"unknown_record", 404, "The record is kept neither by this node nor in the log."},
      {"too_long", 413, "The question has more bytes than are read."},
      {"too_large", 413, "The answer would have more bytes than can be sent; ask for fewer."},
      {"store_failed", 500, "The zone's SQLite file cannot be read."},
      {"busy", 503, "Too many questions wait; ask again in a moment."},
  };
  return all;
}

} // namespace dispatch::daemon
