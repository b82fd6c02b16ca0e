// Age files and keys for them: a header that was read is written the same, and a
// recipient or a private key that was read has one text of its public half.
#include "fuzz/fuzz.hpp"
#include "keyprovider/age/age_file.hpp"
#include "keyprovider/age/identity_file.hpp"
#include "keyprovider/age/recipient_list.hpp"

#include <algorithm>

namespace imgcrypt::test {
namespace {

using namespace keyprovider::age;

void write_header_again(ByteView file) {
  const AgeHeader header = parse_age_header(file);
  const std::string text = format_age_stanzas(header.stanzas);
  expect(std::ranges::equal(as_bytes(text), header.authenticated), "the stanzas that were written");
  expect(text.size() + format_age_mac(header.mac).size() + header.payload.size() == file.size(),
         "the whole file");
}

void read_text_again(const Recipient& recipient) {
  const std::string text = recipient.text();
  const auto again = must("a recipient that was written", [&] { return parse_recipient(text); });
  expect(again->text() == text, "the recipient that was written");
}

}  // namespace

void fuzz(ByteView input) {
  const std::string_view text = as_text(input);
  (void)attempt([&] { write_header_again(input); });
  (void)attempt([&] { (void)decrypt({}, input); });
  (void)attempt([&] {
    for (const auto& recipient : parse_recipients(text)) read_text_again(*recipient);
  });
  (void)attempt([&] {
    for (const auto& identity : parse_identities(text)) {
      read_text_again(identity->recipient());
      (void)attempt([&] { (void)identity->unwrap({.type = "X25519", .arguments = {std::string(text)}}); });
    }
  });
}

}  // namespace imgcrypt::test
