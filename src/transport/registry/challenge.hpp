// How a server wants us to say who we are: the header `WWW-Authenticate` (RFC 9110, section 11.6.1). Pure
// functions.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt {

struct Challenge {
  std::string scheme;                             // in lower case: "bearer", "basic"
  std::map<std::string, std::string> parameters;  // names in lower case: realm, service, scope
};

// All challenges of one header. Throws kRegistry for what the grammar does not allow, and for a parameter
// that occurs twice.
[[nodiscard]] std::vector<Challenge> parse_challenges(std::string_view header);

}  // namespace imgcrypt
