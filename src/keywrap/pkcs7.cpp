#include "keywrap/pkcs7.hpp"

#include <imgcrypt/error.hpp>

namespace imgcrypt {

Pkcs7Wrapper::Pkcs7Wrapper(std::vector<Certificate> recipients) : recipients_(std::move(recipients)) {
  for (const Certificate& recipient : recipients_) {
    if (recipient.public_key().kind() != KeyKind::kRsa) {
      throw Error(ErrorCode::kUsage, "only RSA certificates can be used with pkcs7");
    }
  }
}

Bytes Pkcs7Wrapper::wrap(const SecretBytes&) const {
  throw Error(ErrorCode::kRefused, "PKCS7: not supported");
}

std::optional<SecretBytes> unwrap_pkcs7(const PrivateKey&, std::span<const Certificate>, LegacyCms,
                                        ByteView) {
  throw Error(ErrorCode::kRefused, "PKCS7: not supported");
}

std::vector<std::string> describe_pkcs7(ByteView) {
  throw Error(ErrorCode::kRefused, "PKCS7: not supported");
}

}  // namespace imgcrypt
