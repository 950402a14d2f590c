#include "cmd/audit/older_editions.hpp"

namespace dispatch::audit {

std::set<check> broken_by_edition(std::uint32_t edition) {
  if (edition >= 2) {
    return {};
  }
  return {
      // Offers that another rider won, that were withdrawn or that an operator ended counted as in
      // vain; a swap that a rider let go by counted as an ignored offer.
      check::attempts,
      // A count took the goods from the rider who lifted them, and so did the end of the
      // reservation from the rider who waited for the hand-over.
      check::stock_hand_over,
      // Behind an assignment that came to nothing the dispatcher took for said what was said
      // before; no gate was named for a rider who was taken by an operator.
      check::waiting_reason,
      // What a rider who broke down had on board was told by no event when its order ended there.
      check::stock_lost,
  };
}

} // namespace dispatch::audit
