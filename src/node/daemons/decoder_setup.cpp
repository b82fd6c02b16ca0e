#include "node/daemons/decoder_setup.hpp"

#include <imgcrypt/error.hpp>

namespace imgcrypt {
namespace {

constexpr const char* kBeginning = "# Written by imgcrypt";

}  // namespace

std::string own_mark(const std::string& command) {
  return std::string(kBeginning) + "; `" + command + " --uninstall` removes it.\n";
}

void check_own(const std::string& path, const std::optional<std::string>& content) {
  if (content && !content->starts_with(kBeginning))
    throw Error(ErrorCode::kRefused, path + " was not written by imgcrypt", "move it away first");
}

}  // namespace imgcrypt
