#include "cmd/dispatchd/answers/admin_requests.hpp"
#include "cmd/dispatchd/answers/admin_service.hpp"
#include "cmd/dispatchd/answers/zone_status.hpp"
#include "messages/records/event.hpp"
#include "messages/wire/codec.hpp"
#include "tests/contract/document.hpp"
#include "tests/support/virtual_city.hpp"
#include "tests/wire/samples.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>
#include <sstream>

using namespace dispatch;
using contract::json;
using contract::misfit;

namespace {

const json& document() {
  static const json made = contract::document_of(CONTRACT_DESCRIPTORS);
  return made;
}

void for_each_reference(const json& value, const std::function<void(const std::string&)>& visit) {
  if (value.is_object()) {
    for (const auto& [key, one] : value.items()) {
      if (key == "$ref") {
        visit(one.get<std::string>());
      } else {
        for_each_reference(one, visit);
      }
    }
  } else if (value.is_array()) {
    for (const auto& one : value) {
      for_each_reference(one, visit);
    }
  }
}

std::vector<std::string> tokens_of(const std::string& subject) {
  std::vector<std::string> tokens;
  std::istringstream from{subject};
  for (std::string token; std::getline(from, token, '.');) {
    tokens.push_back(token);
  }
  return tokens;
}

/// Whether a subject is one of a channel's.
bool is_on(const std::string& subject, const std::string& address) {
  const auto said = tokens_of(subject);
  const auto wanted = tokens_of(address);
  if (said.size() != wanted.size()) {
    return false;
  }
  for (std::size_t i = 0; i < said.size(); ++i) {
    if (!wanted[i].starts_with('{') && said[i] != wanted[i]) {
      return false;
    }
  }
  return true;
}

/// The schema of what is announced on a subject. Exactly one channel has it.
json schema_of_announcement(const std::string& subject) {
  std::vector<json> found;
  for (const auto& [key, channel] : document()["channels"].items()) {
    if (channel["address"].is_string() && is_on(subject, channel["address"].get<std::string>()) &&
        document()["operations"][key]["action"] == "send") {
      const auto& reference = channel["messages"].front()["$ref"];
      found.push_back((*contract::resolved(reference.get<std::string>(), document()))["payload"]);
    }
  }
  REQUIRE_MESSAGE(found.size() == 1, subject << " is on " << found.size() << " channels");
  return found.front();
}

void check_announcement(const std::string& subject, const std::string& body) {
  const auto tokens = tokens_of(subject);
  if (tokens.at(3) == "dead") {
    return; // Its JSON form is nobody's: dispatchctl shows its own.
  }
  const auto shown = wire::event_to_json(body);
  REQUIRE(shown);
  const auto why = misfit(json::parse(*shown), schema_of_announcement(subject), document());
  CHECK_MESSAGE(why.empty(), subject << why << ": " << *shown);
}

} // namespace

TEST_CASE("deploy/asyncapi.json is what the code says") {
  std::ifstream file{CONTRACT_FILE};
  const std::string kept{std::istreambuf_iterator<char>{file}, {}};
  CHECK_MESSAGE(kept == contract::text_of(document()),
                "deploy/asyncapi.json is out of date; write it anew: cmake --build build/release "
                "--target update_contract");
}

TEST_CASE("the document has the structure of AsyncAPI 3") {
  const auto& all = document();
  CHECK(all["asyncapi"] == "3.0.0");
  CHECK(all["info"]["title"].is_string());
  CHECK(all["info"]["version"].is_string());
  for_each_reference(all, [&](const std::string& to) {
    CHECK_MESSAGE(contract::resolved(to, all) != nullptr, "dangling " << to);
  });
  std::set<std::string> addresses;
  for (const auto& [key, channel] : all["channels"].items()) {
    CHECK_FALSE(channel["description"].get<std::string>().empty());
    if (channel["address"].is_null()) {
      continue; // Whoever asks says where the answer goes.
    }
    const auto address = channel["address"].get<std::string>();
    CAPTURE(address);
    CHECK(addresses.insert(address).second);
    CHECK(channel["messages"].size() == 1);
    std::set<std::string> named;
    for (const auto& token : tokens_of(address)) {
      if (token.starts_with('{')) {
        named.insert(token.substr(1, token.size() - 2));
      }
    }
    std::set<std::string> described;
    for (const auto& [name, what] : channel["parameters"].items()) {
      described.insert(name);
    }
    CHECK(described == named);
  }
  for (const auto& [key, operation] : all["operations"].items()) {
    CHECK((operation["action"] == "send" || operation["action"] == "receive"));
    const auto channel = operation["channel"]["$ref"].get<std::string>();
    for (const auto& message : operation["messages"]) {
      CHECK(message["$ref"].get<std::string>().starts_with(channel + "/messages/"));
    }
  }
  for (const auto& [key, message] : all["components"]["messages"].items()) {
    CAPTURE(key);
    CHECK_FALSE(message["summary"].get<std::string>().empty());
    CHECK((message["payload"].contains("$ref") || message["payload"]["format"] == "binary"));
  }
}

TEST_CASE("every field and every value of an enumeration says what it is") {
  for (const auto& [name, schema] : document()["components"]["schemas"].items()) {
    CAPTURE(name);
    const auto properties = schema.value("properties", json::object());
    for (const auto& [field, what] : properties.items()) {
      CAPTURE(field);
      CHECK_FALSE(what.value("description", "").empty());
    }
  }
}

TEST_CASE("every command that the codec takes has a channel, and operators' name the operator") {
  std::size_t channels = 0;
  for (const auto& one : wire::command_contracts()) {
    const auto key = one.verb == "record_position"
                         ? "pos"
                         : "in." + std::string{to_string(one.kind)} + "." + one.verb;
    CAPTURE(key);
    CHECK(document()["channels"].contains(key));
    ++channels;
  }
  std::set<std::string> known;
  for (const auto& body : samples::all_outside_commands()) {
    known.insert(std::to_string(body.index()) + std::string{wire::verb_of(body)});
  }
  CHECK(channels == known.size() + 1);
  const auto& all = document()["channels"];
  CHECK(all["in.order.assign"]["address"] == "dispatch.in.{zone}.order.{order}.assign.{operator}");
  CHECK(all["in.station.pause"]["address"] ==
        "dispatch.in.{zone}.station.{station}.pause.{operator}");
  CHECK(all["in.zone.resume"]["address"] == "dispatch.in.{zone}.zone.{zone}.resume.{operator}");
  CHECK(all["in.order.place"]["address"] == "dispatch.in.{zone}.order.{order}.place");
  CHECK(all["in.rider.deliver"]["address"] == "dispatch.in.{zone}.rider.{rider}.deliver");
  CHECK(all["in.rider.deliver.operator"]["address"] ==
        "dispatch.in.{zone}.rider.{rider}.deliver.{operator}");
  CHECK_FALSE(all.contains("in.rider.fail.operator"));
}

TEST_CASE("the codec takes every example, and what breaks a described rule it refuses") {
  std::size_t broken = 0;
  for (const auto& one : wire::command_contracts()) {
    if (one.verb == "record_position") {
      continue;
    }
    const auto key = "command." + std::string{to_string(one.kind)} + "." + one.verb;
    CAPTURE(key);
    const auto& message = document()["components"]["messages"][key];
    const auto takes = [&](const json& body) {
      return std::holds_alternative<command_body>(
          wire::decode_command(one.kind, one.verb, wire::encoding::json, body.dump()));
    };
    for (const auto& example : message["examples"]) {
      const auto& body = example["payload"];
      CHECK(takes(body));
      CHECK(misfit(body, message["payload"], document()).empty());
      const auto refuse = [&](const std::string& field, const json& value) {
        auto wrong = body;
        wrong[field] = value;
        CAPTURE(wrong.dump());
        CHECK_FALSE(takes(wrong));
        CHECK_FALSE(misfit(wrong, message["payload"], document()).empty());
        ++broken;
      };
      const auto& schema =
          *contract::resolved(message["payload"]["$ref"].get<std::string>(), document());
      for (const auto& name : schema.value("required", json::array())) {
        auto wrong = body;
        wrong.erase(name.get<std::string>());
        CAPTURE(wrong.dump());
        CHECK_FALSE(takes(wrong));
        ++broken;
      }
      for (const auto& [field, what] : body.items()) {
        const auto rule = schema["properties"][field];
        if (rule.contains("maxLength")) {
          refuse(field, std::string(rule["maxLength"].get<std::size_t>() + 1, 'x'));
        }
        if (rule.contains("pattern")) {
          refuse(field, "not an id");
        }
        if (rule.contains("maximum")) {
          refuse(field, rule["maximum"].get<double>() + 1);
        }
      }
      refuse("surprise", 1);
    }
  }
  CHECK(broken > 30);
}

TEST_CASE("every event there is fits its channel's schema") {
  const wire::subjects names;
  std::set<std::string> seen;
  auto all = samples::events();
  std::ranges::copy(samples::added_events(), std::back_inserter(all));
  for (const auto& e : all) {
    if (announced(e.body)) {
      seen.insert(std::string{event_name(e.body)});
      check_announcement(names.event("z", e.entity, event_name(e.body)), wire::encode_event(e));
    }
  }
  for (const auto& one : wire::event_contracts()) {
    CHECK_MESSAGE((!one.announced || seen.contains(one.name)), one.name << " has no sample");
  }
}

TEST_CASE("what a city announces is on the channels of the document") {
  using namespace std::chrono_literals;
  testing::virtual_city city;
  city.start();
  city.begin_shift("r1");
  city.tell("station", "s1", "open", R"({"at":{"latitude":7.1,"longitude":-73.1}})");
  city.place("o1");
  city.place("o2");
  city.node->advance(3s);
  city.tell("rider", "r1", "accept", json{{"offer", city.offer_of("r1").id}}.dump());
  city.tell("rider", "r1", "arrive", R"({"order":"o1"})");
  city.tell("rider", "r1", "pick_up", R"({"order":"o1"})");
  city.tell("rider", "r1", "arrive", R"({"order":"o1"})");
  city.tell("rider", "r1", "deliver", R"({"order":"o1"})");
  city.tell("order", "o2", "pause.ops", R"({"reason":"odd"})");
  city.tell("order", "o2", "cancel");
  city.tell("order", "o2", "resume.ops");
  city.tell("order", "o2", "cancel");
  city.tell("zone", "z", "pause.ops");
  city.tell("order", "o3", "explode");
  city.tell("rider", "r1", "end_shift");
  city.node->advance(2s);
  const auto all = city.streams.out->all();
  CHECK(all.size() > 20);
  for (const auto& message : all) {
    check_announcement(message.subject, message.body);
  }
  CHECK(schema_of_announcement("dispatch.out.z.dead.unknown_verb").contains("$ref"));
}

TEST_CASE("what a zone answers fits the document") {
  using namespace std::chrono_literals;
  testing::virtual_city city;
  city.start();
  city.begin_shift("r1");
  city.begin_shift("r2");
  city.tell("station", "s1", "open", R"({"at":{"latitude":7.1,"longitude":-73.1}})");
  for (const auto* order : {"o1", "o2", "o3"}) {
    city.place(order);
  }
  city.node->advance(3s);
  city.tell("order", "o3", "pause.ops", R"({"reason":"odd"})");
  const daemon::unreadable_positions unreadable;
  const zone_clock clock;
  const daemon::admin_service zone{
      *city.kept, "z",
      [&] {
        return daemon::status_of("z", "a cause", {city.node->metrics(), clock, unreadable});
      },
      [&](std::uint64_t number) { return city.kept->journal(number); }};
  const auto check = [&](const std::string& verb, const json& request) {
    CAPTURE(verb);
    CAPTURE(request.dump());
    const auto& messages = document()["components"]["messages"];
    const auto asked = messages["admin." + verb + ".request"]["payload"];
    CHECK(misfit(request, asked, document()).empty());
    const auto answer = json::parse(zone.answer(verb, request.dump()));
    const auto kind = answer.contains("error") ? "admin.error" : "admin." + verb + ".answer";
    const auto why = misfit(answer, messages[kind]["payload"], document());
    CHECK_MESSAGE(why.empty(), why << ": " << answer.dump());
    return answer;
  };
  std::set<std::string> waits_for;
  for (const auto& [kind, id] : {std::pair{"order", "o1"},
                                 {"order", "o3"},
                                 {"rider", "r1"},
                                 {"station", "s1"},
                                 {"zone", "z"},
                                 {"order", "nobody"}}) {
    check("get", {{"kind", kind}, {"id", id}});
    check("history", {{"kind", kind}, {"id", id}, {"limit", 5}, {"before", 100}});
    const auto listed = check("list", {{"kind", kind}, {"limit", 3}});
    for (const auto& row : listed["rows"]) {
      waits_for.insert(row["waiting"].dump());
    }
  }
  CHECK(waits_for.size() > 1);
  CHECK_FALSE(check("explain", {{"id", "o1"}})["decisions"].empty());
  CHECK(check("explain", {{"id", "o3"}, {"limit", 1}})["pause"]["reason"] == "odd");
  CHECK(check("zone", json::object())["halted"] == true);
}

TEST_CASE("a question's schema names the fields that it must have, and no others") {
  for (const auto& one : daemon::admin_requests()) {
    const auto& schema = document()["components"]["schemas"][std::string{one.request}];
    CHECK(schema.value("required", json::array()) == json(one.required));
  }
}

TEST_CASE("a schema is not satisfied by just anything") {
  const auto& place = document()["components"]["messages"]["command.order.place"];
  const auto schema = place["payload"];
  auto body = place["examples"][0]["payload"];
  const auto why = [&](const json& value) { return misfit(value, schema, document()); };
  CHECK(why(body).empty());
  body["load"] = 1.5;
  CHECK(why(body).find("of type number") != std::string::npos);
  body["load"] = 1001;
  CHECK(why(body) == ".load is too large");
  body["load"] = 1;
  body["vehicles"] = {"VEHICLE_ROCKET"};
  CHECK(why(body).starts_with(".vehicles[0]"));
  body["vehicles"] = json::array();
  body["pick_up"]["latitude"] = -91;
  CHECK(why(body) == ".pick_up.latitude is too small");
  body["pick_up"].erase("latitude");
  CHECK(why(body) == ".pick_up.latitude is missing");
  CHECK(why("text").find("of type string") != std::string::npos);
}
