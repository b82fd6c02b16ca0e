// Files that people take for keys of ours: those of OpenPGP, SSH, PKCS#12 and others. Recognised by how they
// begin, so that an error can say what a file is and what to do with it.
#pragma once

#include "base/bytes.hpp"

#include <imgcrypt/error.hpp>

#include <optional>
#include <string>

namespace imgcrypt {

struct ForeignKey {
  std::string what;  // "an OpenPGP secret key"
  std::string hint;
};

// nullopt: nothing that is known here.
[[nodiscard]] std::optional<ForeignKey> recognize_foreign_key(ByteView file);

// What `parse` makes of the file; its error, if the file is of a kind that is known here, says so instead.
template <typename Parse>
auto parse_or_recognize(ByteView file, Parse parse) {
  try {
    return parse();
  } catch (const Error&) {
    const auto foreign = recognize_foreign_key(file);
    if (!foreign) throw;
    throw Error(ErrorCode::kUsage, "this is " + foreign->what + ", which cannot be used", foreign->hint);
  }
}

}  // namespace imgcrypt
