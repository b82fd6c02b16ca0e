// Packets for PKCS#11 keys: what is read can be written and read again, without recipients it is still a
// packet, and a URI loses its PIN wherever it is shown.
#include "fuzz/fuzz.hpp"
#include "keywrap/pkcs11/pkcs11_message.hpp"
#include "keywrap/pkcs11/pkcs11_scheme.hpp"
#include "keywrap/pkcs11/token_key_file.hpp"
#include "keywrap/pkcs11/token_uri.hpp"

#include <algorithm>

namespace imgcrypt::test {
namespace {

void take_apart(ByteView input) {
  const auto recipients = parse_pkcs11_message(input);
  const std::size_t count = recipients.size();
  expect(kPkcs11Scheme.describe(kPkcs11Scheme.annotation, input).size() == count,
         "the number of described recipients");
  const bool is_writable = std::ranges::all_of(
      recipients, [](const Pkcs11Recipient& recipient) { return recipient.hash.has_value(); });
  if (is_writable) {
    must("what was read, written", [&] {
      const auto again = parse_pkcs11_message(format_pkcs11_message(recipients));
      expect(std::ranges::equal(again, recipients,
                                [](const Pkcs11Recipient& a, const Pkcs11Recipient& b) {
                                  return a.encrypted == b.encrypted && a.hash == b.hash;
                                }),
             "the recipients");
      return 0;
    });
  }
  if (count > 1) {
    must("a packet without a recipient", [&] {
      expect(parse_pkcs11_message(without_pkcs11_recipients(input, {0})).size() == count - 1,
             "the number of recipients");
      return 0;
    });
  }
}

void take_uri_apart(std::string_view text) {
  const TokenUri taken = take_pin(text);
  expect(with_hidden_pin(taken.text).size() <= taken.text.size() + 3 * text.size(), "the size of a URI");
  must("a URI without its PIN", [&] {
    expect(!take_pin(taken.text).pin, "a second PIN");
    return 0;
  });
}

}  // namespace

void fuzz(ByteView input) {
  (void)is_token_key_file(as_text(input));
  (void)is_token_uri(as_text(input));
  (void)attempt([&] { take_uri_apart(as_text(input)); });
  (void)attempt([&] { take_apart(input); });
}

}  // namespace imgcrypt::test
