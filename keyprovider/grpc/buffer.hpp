// Documents as gRPC's buffers.
#pragma once

#include "keyprovider/grpc/message.hpp"

#include <grpcpp/support/byte_buffer.h>

#include <memory>
#include <vector>

namespace imgcrypt::keyprovider::remote {

// The message with this document. Its memory is that of a SecretBytes, and is wiped when gRPC lets go of it.
[[nodiscard]] inline ::grpc::ByteBuffer to_buffer(ByteView document) {
  auto message = std::make_unique<SecretBytes>(encode_message(document));
  const MutableByteView bytes = message->expose_mutable();
  const ::grpc::Slice slice(
      bytes.data(), bytes.size(), [](void* owner) { delete static_cast<SecretBytes*>(owner); },
      message.get());
  (void)message.release();
  return {&slice, 1};
}

// The document of the message. Throws as decode_message.
[[nodiscard]] inline SecretBytes from_buffer(const ::grpc::ByteBuffer& buffer) {
  std::vector<::grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) throw Error(ErrorCode::kIntegrity, "a message that cannot be read");
  SecretBytes message(buffer.Length());
  std::size_t size = 0;
  for (const ::grpc::Slice& slice : slices) {
    std::copy(slice.begin(), slice.end(), message.expose_mutable().subspan(size).begin());
    size += slice.size();
  }
  return decode_message(message.expose());
}

}  // namespace imgcrypt::keyprovider::remote
