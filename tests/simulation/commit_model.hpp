#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

/// The commit protocol in small, with all its steps apart: two owners, a server, requests and
/// answers under way. What an owner makes of an append is decided by the code that zones run
/// (actors/commit_log/append_verdict.hpp); the rest stands for take_over and the announcer.
namespace dispatch::testing::model {

using small = std::uint8_t;

constexpr small owners_max = 2;
constexpr small log_max = 5;
constexpr small records_max = 16;
constexpr small under_way_max = 8;

/// What is left out of the protocol, to see that it is missed.
enum class flaw : small {
  none,
  append_without_expected_sequence,
  announce_without_expected_sequence,
  opener_adopts_what_follows, ///< it reads on behind its OPEN and takes over the newest epoch
  unknown_taken_for_stored,
  ids_without_content, ///< message ids name epoch and number only
};

/// What may happen, and how often.
struct scope {
  small log = 4;        ///< records in the log
  small openings = 2;   ///< of each owner, repeated ones included
  small appends = 2;    ///< of each owner, repeated ones included
  small crashes = 1;    ///< of each owner
  small duplicates = 1; ///< requests that arrive twice
  small truncations = 0;
  bool announces = true;
  bool server_remembers_ids = false;
  flaw without = flaw::none;
};

enum class phase : small {
  down,
  ready,        ///< has read the log
  opening,      ///< OPEN is under way
  reading_back, ///< looks for its OPEN
  checking,     ///< has found it, compares the output stream
  idle,
  appending, ///< a record is under way
  looking,   ///< does not know whether it is stored
  repeating, ///< is about to append it again
  fenced,
  halted, ///< calls for a person
};

struct written {
  small owner = 0;
  small epoch = 0;
  small number = 0;
  small previous = 0; ///< the record before; 0: none
  small open = 0;
};

struct request {
  small record = 0; ///< 0: none
  small owner = 0;
  small expected = 0;
  small announces = 0;
  small awaited = 0;
};

struct owner {
  phase now = phase::down;
  small epoch = 0;
  small known_size = 0;
  std::array<small, log_max> known{}; ///< committed records
  small stored_size = 0;              ///< of them in the store, which survives
  small stored_last = 0;
  small candidate = 0;
  small answered = 0; ///< 1: stored, 2: conflict
  small answer = 0;   ///< the sequence in it
  small openings = 0;
  small appends = 0;
  small crashes = 0;
  small opened_late = 0; ///< after a truncation
};

/// Records are named by their index in `records`, from 1.
struct state {
  small record_count = 0;
  std::array<written, records_max + 1> records{};
  small log_size = 0;
  std::array<small, log_max> log{};
  small out_size = 0;
  std::array<small, log_max> out{};
  std::array<request, under_way_max> under_way{};
  std::array<owner, owners_max> owners{};
  small duplicates = 0;
  small truncations = 0;
  small wrong_announcement = 0; ///< by somebody who had to know better
};

struct successor {
  small who = 0; ///< whose step it is
  const char* step = "";
  state after;
};

state beginning(const scope& within);

/// The same state with records named by where they are first met, and without those that nobody
/// refers to: states that differ in names only become one.
state renamed(const state& s);

/// All that can happen next.
std::vector<successor> successors(const state& s, const scope& within);

/// What must never be and is; empty: nothing.
std::string violation(const state& s, const scope& within);

/// Whether the log is a chain: numbers, epochs and predecessors fit.
bool sound_log(const state& s);

} // namespace dispatch::testing::model
