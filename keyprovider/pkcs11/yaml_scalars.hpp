// A YAML document of a few lines, which may be hostile, as the list of its scalars. No tree is built, and
// aliases are refused, so it costs no more than its size. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt::keyprovider::pkcs11 {

inline constexpr std::size_t kMostYamlBytes = std::size_t{64} * 1024;

struct YamlScalar {
  std::string path;  // the keys that lead to it, e.g. "module/env/SOFTHSM2_CONF"; elements of lists share one
  std::string value;
  bool is_element = false;  // of a list
};

// In their order; null values count as empty. Throws kUsage, with the line but nothing of the text, for what
// is not YAML; kRefused for aliases, for more than 16 levels, 1000 scalars or kMostYamlBytes.
[[nodiscard]] std::vector<YamlScalar> read_yaml(std::string_view text);

// The one value at `path`; empty if there is none. Throws kUsage if there are several.
[[nodiscard]] std::string value_at(const std::vector<YamlScalar>& scalars, std::string_view path);

}  // namespace imgcrypt::keyprovider::pkcs11
