#include "transport/dir/dir_reference.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>

namespace imgcrypt {

DirReference DirReference::parse(std::string_view details) {
  const bool is_clean =
      std::ranges::none_of(details, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  if (!details.empty() && is_clean) return {std::string(details)};
  throw Error(ErrorCode::kUsage,
              "reference \"dir:" + std::string(details) +
                  (is_clean ? "\": it names no directory" : "\": it has control characters"),
              "write dir:DIR");
}

}  // namespace imgcrypt
