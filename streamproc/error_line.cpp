#include "streamproc/error_line.hpp"

#include "base/bytes.hpp"

namespace imgcrypt::streamproc {
namespace {

constexpr std::size_t kCut = 3;  // what shortened() appends

}  // namespace

std::string error_line(const std::string& message, const std::string& hint) {
  const std::string cure = hint.empty() ? "" : "; " + shortened(hint, kMostErrorBytes / 4);
  const std::size_t most = kMostErrorBytes - cure.size() - std::size_t{1};
  const std::string text = "ctd-decoder: error: " + message;
  return printable(text.size() <= most ? text + cure : shortened(text, most - kCut) + cure) + "\n";
}

}  // namespace imgcrypt::streamproc
