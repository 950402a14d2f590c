#include "cmd/dispatchctl/entity/history.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace dispatch::ctl {

json ask_history(session& with, const std::string& zone, const entity_ref& who, std::size_t limit) {
  json question = {{"kind", to_string(who.kind)}, {"id", who.id}, {"limit", limit}};
  auto answer = with.ask(zone, "history", question);
  auto more = answer.value("more", false) && !answer.at("entries").empty();
  while (more && answer.at("entries").size() < limit) {
    question["limit"] = limit - answer.at("entries").size();
    question["before"] = answer.at("entries").front().at("record");
    auto page = with.ask(zone, "history", question);
    auto entries = std::move(page.at("entries"));
    more = page.value("more", false) && !entries.empty();
    entries.insert(entries.end(), answer.at("entries").begin(), answer.at("entries").end());
    answer["entries"] = std::move(entries);
    answer["records_missing"] = page.value("records_missing", std::uint64_t{0});
  }
  answer.erase("more");
  return answer;
}

} // namespace dispatch::ctl
