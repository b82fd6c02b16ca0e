#include "keywrap/pkcs7/pkcs7.hpp"

#include "base/cancel.hpp"
#include "base/layer_authentication.hpp"
#include "crypto/aes_gcm.hpp"
#include "crypto/random.hpp"
#include "keys/asn1/object_id.hpp"
#include "keywrap/pkcs7/pkcs7_algorithms.hpp"
#include "keywrap/pkcs7/pkcs7_message.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>

namespace imgcrypt {
namespace {

constexpr std::size_t kAes128KeySize = 16;

struct Candidate {
  KeyTransport transport;
  ByteView encrypted_key;
};

bool is_for(const Pkcs7Recipient& recipient, const PrivateKey& key, std::span<const Certificate> own) {
  if (!recipient.unsupported.empty()) return false;
  // Nothing else in a packet tells whose it is; the size at least rules out keys of other sizes.
  if (own.empty()) {
    return recipient.encrypted_key.size() == key.public_key().modulus_size();
  }
  return std::ranges::any_of(own, [&](const Certificate& certificate) {
    return std::ranges::equal(certificate.issuer(), recipient.issuer) &&
           std::ranges::equal(certificate.serial(), recipient.serial);
  });
}

std::vector<Candidate> find_candidates(const Pkcs7Message& message, const PrivateKey& key,
                                       std::span<const Certificate> own) {
  std::vector<Candidate> candidates;
  bool is_unknown = false;
  for (const Pkcs7Recipient& recipient : message.recipients) {
    if (!is_for(recipient, key, own)) continue;
    const auto transport = KeyTransport::from(recipient.key_encryption);
    if (transport) candidates.push_back({*transport, recipient.encrypted_key});
    is_unknown = is_unknown || !transport;
  }
  // Only if nothing is left to try: an unknown algorithm of one recipient must not hide the others.
  if (candidates.empty() && is_unknown) {
    throw Error(ErrorCode::kRefused, "PKCS7: this encryption of the content key is not supported");
  }
  return candidates;
}

PacketRecipient describe(const Pkcs7Recipient& recipient) {
  if (!recipient.unsupported.empty())
    return unusable_recipient("pkcs7", recipient.unsupported, "not supported");
  PacketRecipient described{.scheme = "pkcs7"};
  const auto transport = KeyTransport::from(recipient.key_encryption);
  described.algorithm =
      transport ? std::string(transport->name()) : describe_object_id(recipient.key_encryption.object_id);
  described.key_kind = rsa_key_kind(recipient.encrypted_key);
  described.fingerprint = describe_issuer(recipient.issuer, recipient.serial);
  described.text = "pkcs7 RSA certificate " + described.fingerprint;
  return described;
}

}  // namespace

void check_pkcs7_recipient(const Certificate& recipient) {
  if (recipient.public_key().kind() == KeyKind::kRsa) return;
  throw Error(
      ErrorCode::kUsage, recipient.description() + ": only RSA certificates can be used with pkcs7",
      "take its key as a recipient: openssl x509 -in CERTIFICATE -noout -pubkey >PUBLIC.pem; jwe:PUBLIC.pem");
}

Pkcs7Wrapper::Pkcs7Wrapper(std::vector<Certificate> recipients) : recipients_(std::move(recipients)) {
  if (recipients_.size() > kMostPackets) {
    throw Error(ErrorCode::kUsage,
                "more than " + std::to_string(kMostPackets) + " certificates for one pkcs7 packet",
                "give fewer recipients");
  }
  std::ranges::for_each(recipients_, check_pkcs7_recipient);
}

Bytes Pkcs7Wrapper::wrap(const SecretBytes& options) const {
  const SecretBytes content_key = random_secret(kAes128KeySize);
  const Bytes nonce = random_bytes(kGcmNonceSize);
  GcmSealed sealed = gcm_seal(content_key, nonce, {}, options.expose());
  Pkcs7Message message;
  for (const Certificate& recipient : recipients_) {
    message.recipients.push_back({{},
                                  to_bytes(recipient.issuer()),
                                  to_bytes(recipient.serial()),
                                  rsa_pkcs1(),
                                  recipient.public_key().encrypt_pkcs1(content_key.expose())});
  }
  // The algorithms that every other ocicrypt implementation reads (docs/formats.md).
  message.content_encryption = aes_128_gcm(nonce);
  message.content = std::move(sealed.ciphertext);
  message.content.insert(message.content.end(), sealed.tag.begin(), sealed.tag.end());
  Bytes packet = message.encode();
  if (packet.size() > kMostPacketBytes)
    throw Error(ErrorCode::kUsage,
                "too many certificates: a pkcs7 packet of more than " + in_kib(kMostPacketBytes));
  return packet;
}

std::optional<SecretBytes> unwrap_pkcs7(const PrivateKey& key, std::span<const Certificate> own,
                                        UnauthenticatedPackets unauthenticated, ByteView packet,
                                        Attempts& attempts) {
  const Pkcs7Message message = Pkcs7Message::parse(packet);
  // Before the key is looked at: what the packet uses is refused for every key alike.
  const ContentCipher cipher = ContentCipher::from(message.content_encryption);
  if (!cipher.is_authenticated() && unauthenticated == UnauthenticatedPackets::kRefused) {
    throw Error(ErrorCode::kRefused, "PKCS7: the content is encrypted without authentication (CBC)",
                "if you trust where the image comes from: imgcrypt decrypt --allow-legacy-cms");
  }
  if (key.public_key().kind() != KeyKind::kRsa) return std::nullopt;
  const auto candidates = find_candidates(message, key, own);
  for (const Candidate& candidate : candidates) {
    // Each trial is an operation with the private key, which takes long for the largest ones.
    throw_if_cancelled();
    attempts.use();
    const SecretBytes content_key =
        candidate.transport.decrypt(key, candidate.encrypted_key, cipher.key_size());
    if (auto options = cipher.open(content_key, message.content)) return options;
  }
  // A certificate says that the packet is for this key, so it must be damaged. Without one it may as well be
  // for another key of the same size.
  if (own.empty() || candidates.empty()) return std::nullopt;
  throw layer_authentication_failed();
}

std::vector<PacketRecipient> describe_pkcs7(ByteView packet) {
  std::vector<PacketRecipient> described;
  const Pkcs7Message message = Pkcs7Message::parse(packet);
  std::ranges::transform(message.recipients, std::back_inserter(described), describe);
  return described;
}

}  // namespace imgcrypt
