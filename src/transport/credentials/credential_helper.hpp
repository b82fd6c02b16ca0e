// docker-credential-NAME: a program that keeps credentials in place of a file, in the protocol of Docker's
// credential helpers. It is run once for each question, with a deadline, in a process group of its own that
// ends with us. For any thread. REQUIRES: as ChildProcess.
#pragma once

#include "base/process/child_process.hpp"
#include "transport/registry/registry_options.hpp"

#include <optional>
#include <string>

namespace imgcrypt {

class CredentialHelper {
 public:
  // The program is looked for in PATH. Throws kUsage for a name with other characters than letters, digits,
  // '.', '_' and '-': it comes from a file and must not lead elsewhere.
  explicit CredentialHelper(const std::string& name, const ProgramLimits& limits = {});

  [[nodiscard]] const std::string& program() const noexcept { return program_; }

  // All of the following throw kUsage if there is no such program; kOther, naming program and server but
  // nothing that it keeps, when it fails, takes too long, or answers what is not the protocol; kCancelled.
  // nullopt when it has none for this server.
  [[nodiscard]] std::optional<Credentials> get(const std::string& server) const;
  // REQUIRES: a password, not an identity token.
  void store(const std::string& server, const Credentials& credentials) const;
  // False when it had none.
  bool erase(const std::string& server) const;  // NOLINT(modernize-use-nodiscard): who wants it gone is done

 private:
  [[nodiscard]] std::string how_to_try(const std::string& server) const;
  [[nodiscard]] ProgramEnd run(const std::string& verb, const std::string& server, ByteView input) const;
  [[noreturn]] void fail(const std::string& verb, const std::string& server, const ProgramEnd& end) const;

  std::string program_;
  ProgramLimits limits_;
};

}  // namespace imgcrypt
