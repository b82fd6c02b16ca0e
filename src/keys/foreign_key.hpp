// Files that people mistake for keys that we can use: those of OpenPGP, SSH, PKCS#12 and others. They are
// recognized by how they begin, so that an error can say what a file is and what to do with it. For the
// sources of this folder.
#pragma once

#include "base/bytes.hpp"

#include <imgcrypt/error.hpp>

#include <optional>
#include <string>

namespace imgcrypt {

struct ForeignKey {
  std::string what;  // "an OpenPGP secret key"
  // How to get something that we can use; for Error::hint.
  std::string hint;
};

// nullopt: not one of these.
[[nodiscard]] std::optional<ForeignKey> recognize_foreign_key(ByteView file);

// What `parse` makes of the file. If it throws and the file is one of these, throws kUsage that says so
// instead.
// A file is only looked at after it could not be parsed, so a key that has such a mark in the text around it
// still works.
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
