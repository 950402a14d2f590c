#include "cmd/dispatchctl/entity/history.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace dispatch::ctl {

json ask_history(session& session, const std::string& zone, const entity_ref& entity,
                 std::size_t limit) {
  json question = {{"kind", to_string(entity.kind)}, {"id", entity.id}, {"limit", limit}};
  auto answer = session.ask(zone, "history", question);
  auto more = answer.value("more", false) && !answer.at("entries").empty();
  while (more && answer.at("entries").size() < limit) {
    question["limit"] = limit - answer.at("entries").size();
    question["before"] = answer.at("entries").front().at("record");
    auto page = session.ask(zone, "history", question);
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
