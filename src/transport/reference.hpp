// Where an image is, in skopeo's syntax: TRANSPORT:DETAILS. A value. Only its transport knows what the
// details mean; everybody else parses a reference, prints it and hands it to transport/open.hpp.
#pragma once

#include "transport/archive/archive_reference.hpp"
#include "transport/dir/dir_reference.hpp"
#include "transport/layout/layout_reference.hpp"
#include "transport/registry/registry_reference.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace imgcrypt {

// What is done with the image: a hint for one that cannot be read is of no use for one that cannot be
// written. kList: it names a whole store, so that a registry's repository does not get the tag `latest`.
enum class ReferenceUse { kRead, kWrite, kList };

// Two different texts may name one image: only opened stores can be compared.
class Reference {
 public:
  // One struct for each transport.
  using Parts = std::variant<LayoutReference, RegistryReference, ArchiveReference, DirReference>;

  // For transports that make a reference of their own, e.g. in_place_reference().
  explicit Reference(Parts parts) : parts_(std::move(parts)) {}
  // Reads nothing from disk: whether the image exists is open_source()'s question. Throws kUsage; the hint
  // says what to write, or which command copies from or to (`use`) a transport that is not supported.
  static Reference parse(std::string_view text, ReferenceUse use = ReferenceUse::kRead);

  // The text that parse() accepts for it. May hold any bytes but control characters.
  [[nodiscard]] std::string string() const;

  // Whether to read it moves bytes over a network: then commands read no more than they must.
  [[nodiscard]] bool is_remote() const noexcept { return std::holds_alternative<RegistryReference>(parts_); }
  // Whether what is written there goes to stdout, or takes the place of its file: "-", or a name of the same
  // file or pipe.
  [[nodiscard]] bool is_stdout() const;

  // For the transports only.
  [[nodiscard]] const Parts& parts() const noexcept { return parts_; }

 private:
  Parts parts_;
};

}  // namespace imgcrypt
