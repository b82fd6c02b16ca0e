// Where an image is, in skopeo's words: TRANSPORT:DETAILS. A value. What the details mean only their
// transport knows; everybody else parses a reference, prints it and hands it to transport/open.hpp.
#pragma once

#include "transport/layout/layout_reference.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace imgcrypt {

class Reference {
 public:
  // One struct a transport.
  using Parts = std::variant<LayoutReference>;

  explicit Reference(Parts parts) : parts_(std::move(parts)) {}
  // Throws kUsage; the hint says what to write, or which tool copies from a transport that is not supported.
  static Reference parse(std::string_view text);

  [[nodiscard]] std::string string() const;  // as parse() takes it

  // For transports alone.
  [[nodiscard]] const Parts& parts() const noexcept { return parts_; }

 private:
  Parts parts_;
};

}  // namespace imgcrypt
