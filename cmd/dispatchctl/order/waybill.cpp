#include "cmd/dispatchctl/order/waybill.hpp"

#include "cmd/shared/command_line.hpp"
#include "cmd/shared/exit_code.hpp"
#include "cmd/shared/time_text.hpp"
#include "messages/entities/entity.hpp"
#include "messages/nats/connection/api.hpp"
#include "messages/records/event.hpp"
#include "messages/wire/codec.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <utility>

namespace dispatch::ctl {

namespace {

using cli::exit_code;
using cli::stop;
using cli::value_or_stop;

std::string contents_of(const std::string& file) {
  std::ifstream stream{file, std::ios::binary};
  if (!stream) {
    throw stop(exit_code::not_found, "cannot read " + file);
  }
  return {std::istreambuf_iterator<char>{stream}, {}};
}

/// The event in a file: as it is published, or in JSON, as `events tail -o json` shows it.
event event_in(const std::string& file) {
  const auto bytes = contents_of(file);
  const auto first = bytes.find_first_not_of(" \t\r\n");
  if (first == std::string::npos || bytes[first] != '{') {
    return value_or_stop(wire::decode_event(bytes), exit_code::failed);
  }
  auto shown = json::parse(bytes, nullptr, false);
  if (!shown.is_object()) {
    throw stop(exit_code::failed, file + " is not one JSON object");
  }
  for (const auto* around : {"sequence", "event", "id", "subject"}) {
    shown.erase(around);
  }
  return value_or_stop(wire::decode_event(shown.dump(), wire::encoding::json), exit_code::failed);
}

event newest_of_order(const std::string& order, session& session) {
  const auto zone = session.zone();
  const auto subject =
      session.subjects().event(zone, {entity_kind::order, order}, "waybill_issued");
  const auto stream = wire::output_stream(session.root(), zone);
  (void)session.state_of(zone, stream);
  const auto newest = value_or_stop(
      nats::api::last_message_on(*session.connection(), stream, subject), exit_code::unavailable);
  if (!newest) {
    throw stop(exit_code::not_found,
               "OUT_" + zone + " keeps no waybill of order " + order + "; it may have expired");
  }
  return value_or_stop(wire::decode_event(newest->message.body), exit_code::failed);
}

/// The waybill that an event hands out, and to which rider for which order.
struct handed_out {
  signed_waybill paper;
  std::string rider;
  std::string order;
};

handed_out handed_out_by(const event& e) {
  if (const auto* of_order = std::get_if<order_event>(&e.body)) {
    if (const auto* issued = std::get_if<waybill_issued>(of_order)) {
      return {issued->waybill, issued->rider, e.entity.id};
    }
  } else if (const auto* of_rider = std::get_if<rider_event>(&e.body)) {
    if (const auto* received = std::get_if<waybill_received>(of_rider)) {
      return {received->waybill, e.entity.id, received->order};
    }
  }
  throw stop(exit_code::failed, "the event is no waybill: it is " +
                                    std::string{event_name(e.body)} + " of " +
                                    std::string{to_string(e.entity.kind)} + " " + e.entity.id);
}

/// What the document certifies; ends the program when the key does not stand for it.
waybill certified(const handed_out& what, const signing::public_key& key) {
  const auto& paper = what.paper;
  const auto fail = [&](const std::string& why) {
    throw stop(exit_code::failed, "waybill " + paper.number + " is not certified: " + why);
  };
  if (!paper.is_signed()) {
    fail("it has no signature; one with the same number follows");
  }
  if (paper.key != key.id()) {
    fail("it names the key " + paper.key + ", the given one is " + key.id());
  }
  if (!key.verify(paper.document, paper.signature)) {
    fail("the signature is not that of key " + key.id() +
         " over this document: one of the two was changed");
  }
  auto said = value_or_stop(wire::decode_waybill(paper.document), exit_code::failed);
  if (said.number != paper.number || said.order != what.order || said.rider != what.rider) {
    fail("it is of order " + said.order + " with rider " + said.rider +
         ", and was put into an event of another one");
  }
  return said;
}

std::string text_of(const place& at) {
  char text[48];
  std::snprintf(text, sizeof text, "%.6f, %.6f", at.latitude, at.longitude);
  return text;
}

std::string text_of(const std::vector<goods>& items) {
  std::string text;
  for (const auto& one : items) {
    text += (text.empty() ? "" : ", ") + std::to_string(one.quantity) + " " + one.item;
  }
  return text;
}

void show(session& session, const std::vector<std::pair<std::string, std::string>>& facts) {
  cli::table rows{{"FIELD"}, {"VALUE"}};
  json all = json::object();
  for (const auto& [name, value] : facts) {
    rows.add_row({name, value});
    all[name] = value;
  }
  session.print(all, rows);
}

void show_key(session& session, const signing::public_key& key) {
  const std::string algorithm{to_string(key.of())};
  if (session.options().as_json) {
    show(session, {{"key", key.id()}, {"algorithm", algorithm}, {"public_key", key.to_pem()}});
  } else {
    show(session, {{"key", key.id()}, {"algorithm", algorithm}});
    session.io().out << key.to_pem();
  }
}

} // namespace

signing::public_key read_public_key(const std::string& file) {
  return value_or_stop(signing::public_key::from_pem(contents_of(file)), exit_code::usage);
}

void describe(CLI::App& verb, waybill_verify& asked) {
  verb.description("Check the signature of a waybill, and show what it certifies");
  verb.add_option("waybill", asked.what, "a file with an event, else the id of an order")
      ->required()
      ->type_name("FILE|ORDER");
  verb.add_option("--public-key", asked.public_key, "PEM file of the key that signed it")
      ->required()
      ->check(CLI::ExistingFile)
      ->type_name("FILE");
  verb.footer(
      R"(A file holds the event waybill_issued of an order or waybill_received of a rider, as it was
published or as `events tail -o json` shows it; nobody is asked then. For an order, the newest
waybill that OUT_zone keeps is fetched.
Ends with 1 when the key does not stand for the waybill: it was changed, or is not signed yet.

Examples:
  dispatchctl waybill verify o1 --public-key waybill.pem.pub
  dispatchctl waybill verify saved.json --public-key waybill.pem.pub)");
}

void run(const waybill_verify& asked, session& session) {
  const auto key = read_public_key(asked.public_key);
  std::error_code no_file;
  const auto is_file = std::filesystem::is_regular_file(asked.what, no_file);
  if (!is_file && !valid_id(asked.what)) {
    throw stop(exit_code::not_found, "there is no file " + asked.what);
  }
  const auto what =
      handed_out_by(is_file ? event_in(asked.what) : newest_of_order(asked.what, session));
  const auto said = certified(what, key);
  show(session, {{"number", said.number},
                 {"zone", said.zone},
                 {"order", said.order},
                 {"rider", said.rider},
                 {"offer", said.offer},
                 {"station", said.station},
                 {"pick_up", text_of(said.pick_up)},
                 {"drop_off", text_of(said.drop_off)},
                 {"load", std::to_string(said.load)},
                 {"items", text_of(said.items)},
                 {"reference", said.reference},
                 {"assigned_at", cli::to_text(said.assigned_at)},
                 {"certified_by", what.paper.key},
                 {"algorithm", std::string{to_string(key.of())}}});
}

void describe(CLI::App& verb, waybill_key_generate& asked) {
  verb.description("Make a key that signs waybills, for dispatchd --waybill-key");
  verb.add_option("file", asked.file, "where; the public half goes beside it as FILE.pub")
      ->required()
      ->type_name("FILE");
  verb.add_option_function<std::string>(
          "--algorithm",
          [&asked](const std::string& name) {
            asked.algorithm =
                name == "sm2" ? signing::algorithm::sm2_sm3 : signing::algorithm::ecdsa_p256_sha256;
          },
          "sm2 (SM2 with SM3) or p256 (ECDSA with SHA-256)")
      ->check(cli::word_rule({"sm2", "p256"}))
      ->default_str("sm2");
  verb.footer(R"(The file can be read by its owner alone, and no key is ever overwritten. All nodes
that may run a zone need the same one.

Example:
  dispatchctl waybill key generate /etc/dispatch/waybill.pem --algorithm sm2)");
}

void run(const waybill_key_generate& asked, session& session) {
  std::error_code no_file;
  if (std::filesystem::exists(asked.file, no_file)) {
    throw stop(exit_code::conflict, "there is a file " + asked.file);
  }
  const auto open = signing::public_file(asked.file).string();
  if (std::filesystem::exists(open, no_file)) {
    throw stop(exit_code::conflict, "there is a file " + open);
  }
  const auto key = value_or_stop(signing::private_key::from_file(asked.file, asked.algorithm),
                                 exit_code::failed);
  value_or_stop(signing::write_public_file(key, asked.file), exit_code::failed);
  show_key(session, key);
}

void describe(CLI::App& verb, waybill_key_show& asked) {
  verb.description("Show the id and the public half of a key");
  verb.add_option("file", asked.file, "PEM file, of a private or a public key")
      ->required()
      ->check(CLI::ExistingFile)
      ->type_name("FILE");
  verb.footer(R"(The secret is never shown.

Example:
  dispatchctl waybill key show /etc/dispatch/waybill.pem)");
}

void run(const waybill_key_show& asked, session& session) {
  const auto pem = contents_of(asked.file);
  if (const auto whole = signing::private_key::from_pem(pem)) {
    show_key(session, *whole);
  } else {
    show_key(session, value_or_stop(signing::public_key::from_pem(pem), exit_code::usage));
  }
}

} // namespace dispatch::ctl
