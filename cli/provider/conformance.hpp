// Checks that a key provider program does what its protocol asks (keyprovider/README.md), for
// `imgcrypt provider test`. Wraps a key made for the purpose: no key of the user's is at risk.
#pragma once

#include "keywrap/provider/key_providers.hpp"
#include "keywrap/provider/provider.hpp"

#include <functional>
#include <string>
#include <vector>

namespace imgcrypt::cli {

// Private options as those of a layer, with a key that nothing is encrypted with.
[[nodiscard]] SecretBytes test_options();

class Conformance {
 public:
  // kNote: correct by our protocol, but another program that speaks it would stumble. Not counted as a
  // failure.
  enum class Verdict { kPassed, kNote, kFailed };
  // Called in the thread of run(), between the checks. What the text quotes of the provider is not printable
  // yet.
  using Print = std::function<void(Verdict verdict, const std::string& text)>;

  // `providers` must outlive it. The parameters are those that encrypting and decrypting would send.
  // REQUIRES: providers.require(name) succeeds.
  Conformance(KeyProviders& providers, std::string name, std::vector<std::string> wrap_parameters,
              std::vector<ProviderParameter> unwrap_parameters);

  // Prints each check as it is made, and how long an answer took. Returns the number of failed checks; a
  // failing provider throws nothing, only kCancelled gets out. Call once.
  std::size_t run(const Print& print);

 private:
  void check_wrap();
  void check_unwrap();
  void check_secrecy();
  void check_reply_form();
  void check_damaged_packets();
  void check_wrong_requests();
  void check_concurrency();

  // These throw kProvider if there is no result, as KeyProviders::ask if the call fails.
  SecretBytes wrap(ByteView options) const;
  SecretBytes unwrap(ByteView packet) const;
  // Empty if the provider refuses the packet, or opens it correctly all the same.
  std::string fault_of_damaged(ByteView packet) const;
  void report(const std::string& check, const std::string& fault);

  KeyProviders& providers_;
  std::string name_;
  std::vector<std::string> wrap_parameters_;
  std::vector<ProviderParameter> unwrap_parameters_;
  SecretBytes options_;  // what is wrapped
  SecretBytes packet_;   // what the provider made of it
  Print print_;
  std::size_t failures_ = 0;
};

}  // namespace imgcrypt::cli
