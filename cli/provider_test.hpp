// Whether a key provider does what the protocol asks of it (keyprovider/README.md): `imgcrypt provider test`.
#pragma once

#include "keywrap/provider/key_providers.hpp"

#include <functional>
#include <string>
#include <vector>

namespace imgcrypt::cli {

class ProviderTest {
 public:
  enum class Verdict { kPassed, kNote, kFailed };
  using Print = std::function<void(Verdict verdict, const std::string& text)>;

  ProviderTest(KeyProviders& providers, std::string name, std::vector<std::string> wrap_parameters,
               std::vector<std::string> unwrap_parameters);

  // Tells of each check as it is made, and how long an answer took. Returns how many failed.
  std::size_t run(const Print& print);

 private:
  void check_wrap();
  void check_unwrap();
  void check_secrecy();
  void check_reply_form();
  void check_damaged_packets();
  void check_wrong_requests();
  void check_side_by_side();

  SecretBytes wrap(ByteView options) const;
  SecretBytes unwrap(ByteView packet) const;
  std::string fault_of_damaged(ByteView packet) const;
  void report(const std::string& check, const std::string& fault);

  KeyProviders& providers_;
  std::string name_;
  std::vector<std::string> wrap_parameters_;
  std::vector<std::string> unwrap_parameters_;
  SecretBytes options_;
  SecretBytes packet_;
  Print print_;
  std::size_t failures_ = 0;
};

}  // namespace imgcrypt::cli
