#include "actors/append_verdict.hpp"

namespace dispatch {

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
