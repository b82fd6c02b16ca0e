// The modules that are loaded and the tokens that are open, for all requests of a command. One thread.
#pragma once

#include "keyprovider/pkcs11/token.hpp"
#include "keyprovider/pkcs11/token_key.hpp"

#include <map>
#include <memory>

namespace imgcrypt::keyprovider::pkcs11 {

class Tokens {
 public:
  Tokens();
  ~Tokens();
  Tokens(const Tokens&) = delete;
  Tokens& operator=(const Tokens&) = delete;

  // The token that the key's URI names; loads its module if that is not loaded with the key's environment.
  // The reference is valid until the next call. Throws as find_module; kUsage if the token is absent or
  // several fit; kProvider if the module fails.
  [[nodiscard]] Token& open(const TokenKey& key);
  // So that a token which failed, e.g. as it was pulled out, is opened anew by the next request.
  void close_all() noexcept;

 private:
  class Module;
  Module& load(const std::string& path, const Environment& environment);

  // By module and serial number: they outlive a token that is opened again, and so does a wrong PIN.
  std::map<std::string, Login> logins_;
  std::map<std::string, std::unique_ptr<Module>> modules_;  // by path
};

}  // namespace imgcrypt::keyprovider::pkcs11
