#pragma once

#include "cmd/dispatchctl/session.hpp"
#include "messages/signing/key.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace dispatch::ctl {

/// Check a waybill, of a file or of an order.
struct waybill_verify {
  std::string what; ///< a file that holds an event, else the id of an order
  std::string public_key;

  bool operator==(const waybill_verify&) const = default;
};

/// Make a key that signs waybills.
struct waybill_key_generate {
  std::string file;
  signing::algorithm algorithm = signing::algorithm::sm2_sm3;

  bool operator==(const waybill_key_generate&) const = default;
};

/// Tell what a key file holds, never the secret.
struct waybill_key_show {
  std::string file;

  bool operator==(const waybill_key_show&) const = default;
};

void describe(CLI::App& verb, waybill_verify& asked);
void run(const waybill_verify& asked, session& session);
void describe(CLI::App& verb, waybill_key_generate& asked);
void run(const waybill_key_generate& asked, session& session);
void describe(CLI::App& verb, waybill_key_show& asked);
void run(const waybill_key_show& asked, session& session);

/// Of a PEM file. Throws cli::stop when it does not hold one.
signing::public_key read_public_key(const std::string& file);

} // namespace dispatch::ctl
