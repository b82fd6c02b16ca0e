// A layer's annotations of encryption: public options, and for each key scheme its packets, base64-encoded
// and comma-joined (docs/formats.md).
#pragma once

#include "keywrap/key_wrapper.hpp"
#include "layer/private_options.hpp"
#include "layer/public_options.hpp"
#include "oci/descriptor.hpp"

#include <set>
#include <string>
#include <vector>

namespace imgcrypt {

inline constexpr std::string_view kEncryptionPrefix = "org.opencontainers.image.enc.";

// The packets for every recipient of `wrappers`, by their annotations.
[[nodiscard]] Annotations wrap_private_options(const PrivateOptions& options, const KeyWrappers& wrappers);

// `added` with the packets that stand in its annotations already in front of them, but for those of the same
// recipients, as far as thumbprints tell: adding one again does not make the image grow. Throws kRefused when
// one annotation would hold more than kMostPackets.
[[nodiscard]] Annotations join_packets(const Annotations& old, const Annotations& added);

// The names of the annotations of `old` that hold packets, of schemes that are not known, too, and are not
// among those of `now`.
[[nodiscard]] std::set<std::string> superseded_packets(const Annotations& old, const Annotations& now);

// What must stand beside packets.
void set_public_options(Annotations& annotations, const PublicOptions& public_options);

// The private options from the first packet that one of the keys opens. Throws kNoKey, naming recipients and
// keys, when there is none; kIntegrity when a packet was opened but is forged. However many recipients an
// image names, each key is tried for Attempts::kMost of them, and the error is a few lines long, with `cure`
// for its hint unless a key knows better.
[[nodiscard]] PrivateOptions unwrap_private_options(
    const Annotations& annotations, const KeyUnwrappers& unwrappers,
    const std::string& cure =
        "give the key of one of these recipients: a file, or provider:NAME; imgcrypt "
        "key show FILE tells which key a file holds");

// Throws kIntegrity when they are missing or malformed, kRefused as PublicOptions::parse.
[[nodiscard]] PublicOptions public_options_of(const Annotations& annotations);

[[nodiscard]] bool has_encryption_annotations(const Annotations& annotations);

}  // namespace imgcrypt
