// A layer's annotations of encryption: the public options, and the packets of each key scheme, in base64 and
// joined by commas (docs/formats.md). Used by whatever writes or changes them; unwrap_private_options.hpp
// opens the packets. Pure functions over values.
#pragma once

#include "keywrap/key_wrapper.hpp"
#include "layer/private_options.hpp"
#include "layer/public_options.hpp"
#include "oci/descriptor.hpp"

#include <set>
#include <string>
#include <vector>

namespace imgcrypt {

// What the names of all of them begin with. Decrypting removes every annotation that does, known or not.
inline constexpr std::string_view kEncryptionPrefix = "org.opencontainers.image.enc.";

// The packets for every recipient of `wrappers`, by their annotations. Throws as KeyWrapper::wrap.
// REQUIRES: at least one wrapper.
[[nodiscard]] Annotations wrap_private_options(const PrivateOptions& options, const KeyWrappers& wrappers);

struct JoinedPackets {
  Annotations annotations;
  std::set<std::string> renewed;  // PacketRecipient::text of recipients that were there already
};
// The annotations of `added`, each with the packets of `old` before its own. Packets of recipients that get a
// new one are left out, as far as packets name one key (PacketRecipient::names_one_key), so that adding a
// recipient again does not make the image grow. Throws kRefused when an annotation would hold more than
// kMostPackets.
[[nodiscard]] JoinedPackets join_packets(const Annotations& old, const Annotations& added);

// The names of the annotations of `old` that hold packets, whatever the scheme, and do not occur in `now`.
[[nodiscard]] std::set<std::string> superseded_packets(const Annotations& old, const Annotations& now);

// Replaces the public options, which packets are of no use without.
void set_public_options(Annotations& annotations, const PublicOptions& public_options);

// Throws kIntegrity when they are missing or malformed, and as PublicOptions::parse.
[[nodiscard]] PublicOptions public_options_of(const Annotations& annotations);

// Throws kIntegrity when there is no packet at all, or every one is damaged, so that no key can open the
// layer. Packets of schemes that we do not have pass.
void require_wrapped_keys(const Annotations& annotations);

// Whether any annotation is about encryption, even if what is needed to decrypt is missing.
[[nodiscard]] bool has_encryption_annotations(const Annotations& annotations);

}  // namespace imgcrypt
