#include "cmd/audit/known_faults.hpp"

namespace dispatch::audit {

std::set<check> known_faults() {
  return {
      // Offers that another rider won, that were withdrawn or that an operator ended count as in
      // vain (D14); a swap that a rider lets go by counts as an ignored offer (D24).
      check::attempts,
      // A count takes the goods from the rider who lifts them (D5), and so does the end of the
      // reservation from the rider who waits for the hand-over (D6).
      check::stock_hand_over,
      // Behind an assignment that came to nothing the dispatcher takes for said what was said
      // before (D16); no gate is named for a rider who was taken by an operator (D17).
      check::waiting_reason,
  };
}

} // namespace dispatch::audit
