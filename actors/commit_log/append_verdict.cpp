#include "actors/commit_log/append_verdict.hpp"

#include "messages/wire/codec.hpp"

namespace dispatch {

std::string append_id(const record& r, std::string_view bytes) {
  return r.zone + "/" + std::to_string(r.epoch) + "/" + std::to_string(r.number) + "/" +
         std::to_string(wire::fast_hash(bytes));
}

append_verdict judge_answer(const append_result& answer, std::uint64_t tail) {
  switch (answer.outcome) {
  case append_outcome::stored:
    return answer.sequence == tail + 1 ? append_verdict::committed : append_verdict::misplaced;
  case append_outcome::full:
    return append_verdict::wait;
  case append_outcome::conflict:
    return answer.sequence < tail ? append_verdict::regressed : append_verdict::look;
  case append_outcome::unknown:
    break;
  }
  return append_verdict::look;
}

append_verdict judge_behind(const std::optional<found_behind_tail>& found, std::uint64_t epoch) {
  if (!found) {
    return append_verdict::again;
  }
  if (found->ours) {
    return append_verdict::committed;
  }
  return found->epoch && *found->epoch > epoch ? append_verdict::fenced : append_verdict::foreign;
}

} // namespace dispatch
