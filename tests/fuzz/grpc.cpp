// What keyprovider-grpc reads of the other side and of its configuration, without gRPC: a document that was
// read of a message is written and read as the same, and so is an address.
#include "fuzz/fuzz.hpp"
#include "keyprovider/grpc/address.hpp"
#include "keyprovider/grpc/message.hpp"

#include <algorithm>

namespace imgcrypt::test {
namespace {

using namespace keyprovider::remote;

void write_again(ByteView message) {
  const SecretBytes document = decode_message(message);
  expect(document.size() <= message.size(), "a document that is part of the message");
  const SecretBytes written = encode_message(document.expose());
  const SecretBytes again =
      must("a message that was written", [&] { return decode_message(written.expose()); });
  expect(std::ranges::equal(again.expose(), document.expose()), "the document that was written");
}

void read_again(std::string_view text) {
  const Address address = parse_address(text);
  const Address again = must("an address that was shown", [&] { return parse_address(address.text); });
  expect(again.text == address.text && again.target == address.target && again.socket == address.socket,
         "the address that was shown");
}

}  // namespace

void fuzz(ByteView input) {
  (void)attempt([&] { write_again(input); });
  (void)attempt([&] { read_again(as_text(input)); });
}

}  // namespace imgcrypt::test
