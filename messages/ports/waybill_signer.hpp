#pragma once

#include <functional>
#include <optional>
#include <string>

namespace dispatch {

/// A signature and what it takes to check it.
struct signature {
  std::string algorithm; ///< such as `SM2-SM3`
  std::string key;       ///< id of the public key
  std::string bytes;     ///< in DER

  bool operator==(const signature&) const = default;
};

/// Port: signs waybills. May be called from any thread, and many calls may be under way.
class waybill_signer {
public:
  virtual ~waybill_signer() = default;

  /// Says the signature over `document` from any thread, or that there is none. A signer that
  /// fails may also never answer: the caller has a time limit.
  virtual void sign(std::string document, std::function<void(std::optional<signature>)> done) = 0;
};

} // namespace dispatch
