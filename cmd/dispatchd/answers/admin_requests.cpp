#include "cmd/dispatchd/answers/admin_requests.hpp"

namespace dispatch::daemon {

const std::vector<admin_request>& admin_requests() {
  static const std::vector<admin_request> all = {
      {"list", "ListRequest", "ListAnswer", {"kind"}, list_limit, list_limit_max},
      {"get", "GetRequest", "GetAnswer", {"kind", "id"}},
      {"history",
       "HistoryRequest",
       "HistoryAnswer",
       {"kind", "id"},
       history_limit,
       history_limit_max},
      {"explain", "ExplainRequest", "ExplainAnswer", {"id"}, explain_limit, explain_limit_max},
      {"record", "RecordRequest", "", {"number"}},
      {"zone", "ZoneRequest", "ZoneAnswer"},
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
