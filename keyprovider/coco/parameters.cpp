#include "keyprovider/coco/parameters.hpp"

#include "keyprovider/coco/key_id.hpp"

#include <imgcrypt/error.hpp>

#include <set>

namespace imgcrypt::keyprovider::coco {
namespace {

[[noreturn]] void fail(const std::string& what, const std::string& hint = {}) {
  throw Error(ErrorCode::kUsage, what, hint);
}

void check_algorithm(const std::string& value) {
  if (value == "A256CTR")
    fail("algorithm=A256CTR does not authenticate what it wraps",
         "use A256GCM, the default of coco_keyprovider");
  if (value != "A256GCM") fail("algorithm=" + value + " is not known: only A256GCM is");
}

bool parse_boolean(const std::string& name, const std::string& value) {
  if (value != "true" && value != "false") fail(name + "=" + value + " is neither true nor false");
  return value == "true";
}

void take_pair(Parameters& parameters, const std::string& name, const std::string& value) {
  if (name == "keypath")
    parameters.key_path = value;
  else if (name == "keyid")
    parameters.key_id = KeyId::parse(value).text();
  else if (name == "resources")
    parameters.resources = value;
  else if (name == "algorithm")
    check_algorithm(value);
  else if (name == "sample")
    parameters.is_sample = parse_boolean(name, value);
  else
    fail("\"" + name + "\" is not known", "pairs are keypath=, keyid=, resources=, algorithm= and sample=");
}

void check_together(const Parameters& parameters) {
  if (parameters.is_sample && (parameters.key_path || parameters.key_id || parameters.resources))
    fail("sample=true uses no other key, keyid or resource");
  if (parameters.key_path && parameters.resources) fail("keypath= and resources= exclude each other");
}

}  // namespace

Parameters parse_parameters(std::string_view text) {
  constexpr std::string_view kSeparator = "::";
  Parameters parameters;
  std::set<std::string> names;
  // "<=": after a separator at the end there is one more pair, an empty one, which is refused.
  for (std::size_t at = 0; at <= text.size();) {
    const std::string_view pair = text.substr(at, text.find(kSeparator, at) - at);
    at += pair.size() + kSeparator.size();
    // The first: a path may contain further ones.
    const std::size_t middle = pair.find('=');
    if (middle == std::string_view::npos || middle + 1 == pair.size())
      fail("\"" + std::string(pair) + "\" is not NAME=VALUE");
    const std::string name(pair.substr(0, middle));
    // Neither the first nor the last: whichever we took, the user may have meant the other.
    if (!names.insert(name).second) fail(name + "= is given twice");
    take_pair(parameters, name, std::string(pair.substr(middle + 1)));
  }
  check_together(parameters);
  return parameters;
}

}  // namespace imgcrypt::keyprovider::coco
