// Referrers in words.
#pragma once

#include "transport/image_store.hpp"

#include <string>
#include <vector>

namespace imgcrypt {

// "3 referrers (2 signatures, 1 SBOM)"
[[nodiscard]] std::string count_of(const std::vector<Referrer>& referrers);

}  // namespace imgcrypt
