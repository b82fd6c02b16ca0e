// OpenPGP messages: what was read is put together again byte for byte, and without recipients, or with hidden
// ones, it is still a message. And files of secret keys, as far as they are looked into.
#include "fuzz/fuzz.hpp"
#include "keys/openpgp_file.hpp"
#include "keywrap/pgp/pgp_message.hpp"
#include "keywrap/pgp/pgp_scheme.hpp"
#include "keywrap/pgp/pgp_secret_key.hpp"

#include <algorithm>

namespace imgcrypt::test {
namespace {

void take_apart(ByteView input) {
  const PgpMessage message = parse_pgp_message(input);
  expect(std::ranges::equal(without_pgp_recipients(input, {}), input), "the message put together again");
  const std::size_t count = message.recipients.size();
  if (count > 1) {
    const Bytes rest = without_pgp_recipients(input, {0});
    must("a message without a recipient", [&] {
      expect(parse_pgp_message(rest).recipients.size() == count - 1, "the number of recipients");
      return 0;
    });
  }
  const Bytes hidden = with_hidden_pgp_recipients(input);
  must("a message with hidden recipients", [&] {
    const PgpMessage again = parse_pgp_message(hidden);
    expect(again.recipients.size() == count, "the number of hidden recipients");
    for (const PgpRecipient& recipient : again.recipients)
      expect(recipient.key_id.empty(), "a hidden key id");
    return 0;
  });
  expect(kPgpScheme.describe(kPgpScheme.annotation, input).size() == count,
         "the number of described recipients");
}

}  // namespace

void fuzz(ByteView input) {
  (void)recognize_openpgp_key(input);
  (void)is_locked_pgp_key(input);
  (void)attempt([&] { take_apart(input); });
}

}  // namespace imgcrypt::test
