// What containerd sends on descriptor 3: the protobuf message, and the JSON in it without the message around.
#include "streamproc/payload.hpp"

#include "fuzz/fuzz.hpp"

namespace imgcrypt::test {
namespace {

void add_field(std::string& message, char key, std::string_view content) {
  message += key;
  std::size_t size = content.size();
  for (; size >= 0x80; size >>= 7U) message += static_cast<char>((size & 0x7fU) | 0x80U);
  message += static_cast<char>(size);
  message += content;
}

void read(ByteView any) {
  const auto payload = streamproc::parse_payload(any);
  if (payload) expect(payload->layer.size <= kMostLayerBytes, "a size within the limits");
}

}  // namespace

void fuzz(ByteView input) {
  (void)attempt([&] { read(input); });
  std::string any;
  add_field(any, '\x0a', "io.containerd.ocicrypt.v1.Payload");
  add_field(any, '\x12', as_text(input));
  read(as_bytes(any));
}

}  // namespace imgcrypt::test
