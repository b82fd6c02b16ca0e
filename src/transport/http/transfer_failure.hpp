// Why an exchange brought no answer, or not all of it. Not an Error, since whoever repeats requests decides
// by the kind; src/transport/registry turns it into its `error`.
#pragma once

#include <imgcrypt/error.hpp>

#include <exception>
#include <string>
#include <utility>

namespace imgcrypt {

class TransferFailure final : public std::exception {
 public:
  enum class Kind {
    kUnreachable,  // no such host, or nobody listens there
    kNotTls,       // what answers does not speak TLS
    kUntrusted,    // TLS was refused, by us or by the other side
    kLost,         // the connection broke
    kStalled,      // silence for too long
    kProxy,        // a proxy wants to know who we are, or there is no TLS with it
  };
  TransferFailure(Kind kind, Error error) : kind_(kind), error_(std::move(error)) {}

  [[nodiscard]] Kind kind() const noexcept { return kind_; }
  // What to tell the user: kNetwork.
  [[nodiscard]] const Error& error() const noexcept { return error_; }
  [[nodiscard]] const char* what() const noexcept override { return error_.what(); }

 private:
  Kind kind_;
  Error error_;
};

}  // namespace imgcrypt
