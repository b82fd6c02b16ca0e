#include "keys/asn1/object_id.hpp"

#include "crypto/openssl.hpp"
#include "keys/asn1/der_writer.hpp"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/objects.h>

#include <array>

namespace imgcrypt {
namespace {

using Object = std::unique_ptr<ASN1_OBJECT, openssl::Deleter<ASN1_OBJECT_free>>;

// OpenSSL writes long identifiers in quadratic time.
constexpr std::size_t kMostBytes = 32;

}  // namespace

std::string describe_object_id(ByteView content) {
  if (content.size() > kMostBytes) return "of an unknown name";
  const Bytes der = der_element(DerTag::kObjectId, {content});
  const std::uint8_t* at = der.data();
  const Object object(d2i_ASN1_OBJECT(nullptr, &at, static_cast<long>(der.size())));
  std::array<char, 128> text{};
  const int size = object ? OBJ_obj2txt(text.data(), text.size(), object.get(), 0) : 0;
  ERR_clear_error();
  return size > 0 ? printable(text.data()) : "of an unknown name";
}

}  // namespace imgcrypt
