#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace dispatch::domain {

/// Orders that are to be collected together, in the sequence in which they are to be delivered.
using intended_visit = std::vector<std::string>;

/// What riders are to do next, as a match sees it, by rider. It binds nobody: nobody was asked, and
/// the next match may see it differently. An owner begins without intentions.
using intentions = std::map<std::string, std::vector<intended_visit>>;
using intentions_ptr = std::shared_ptr<const intentions>;

} // namespace dispatch::domain
