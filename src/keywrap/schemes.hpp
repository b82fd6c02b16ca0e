// The key schemes that there are. A row holds everything that is particular to a scheme; whatever parses
// recipients and keys, reads packets or prints help asks the rows. The scheme's own folder defines its row,
// schemes.cpp lists it (CONTRIBUTING.md, "How to add"). Constants, safe for use by several threads.
#pragma once

#include "keywrap/key_wrapper.hpp"
#include "keywrap/packet_recipient.hpp"
#include "keywrap/recipient_pattern.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt {

class KeyProviders;
struct KeyItem;
class PublicKey;
struct NamedProvider;
struct UserKey;

// What the user should know although it is not an error, and what they should act on.
enum class Remark { kNote, kWarning };
using TakeRemark = std::function<void(Remark, const std::string&)>;

// Gathers the recipients of one scheme for one command. Belongs to one thread.
class RecipientGatherer {
 public:
  virtual ~RecipientGatherer() = default;
  // `value` is what the user wrote after "SCHEME:". Reads the file that it names. Throws for one that cannot
  // be used, usually kUsage; kProvider for a provider that cannot be started. The caller adds to errors and
  // remarks which recipient it is. REQUIRES: a value that is not empty.
  virtual void add(const std::string& value, const TakeRemark& remark) = 0;
  // One for each packet. Throws kUsage when the recipients do not fit together. REQUIRES: called once, last.
  [[nodiscard]] virtual KeyWrappers wrappers() = 0;
};

// What a scheme may need beside the values; each uses what concerns it.
struct GatherOptions {
  std::shared_ptr<KeyProviders> providers;
  RecipientNames names = RecipientNames::kWritten;
};

enum class KeyHalf { kPublic, kPrivate };

// How public keys of one kind begin.
struct KeyStart {
  std::string_view text;
  std::string_view kind;  // "X25519", for help texts and lists
};

// A key provider of ours, which needs no configuration: its name and its file in libexec/imgcrypt.
struct OwnProvider {
  std::string_view name;
  // What users write before the colon of its keys: "provider:sodium".
  std::string_view form;
  // Relative to ProviderSettings::libexec.
  std::string_view program;
  // How files with its keys begin; empty: it has no such files. It makes keys of the first kind.
  std::span<const KeyStart> public_key_starts = {};
  std::span<const std::string_view> private_key_starts = {};
  // Of keys whose files no text tells; nullopt: it is not one. Null: there are none. Given the beginning
  // alone.
  std::optional<KeyHalf> (*recognize)(ByteView file) = nullptr;
  // Whether -k FILE alone names its private keys, as in other tools, with a passphrase in all of its forms.
  bool takes_plain_files = false;
  // Whether a file with a private key of it is a recipient, too: it only names a key of a token.
  bool private_keys_encrypt = false;
  // Of a file that is a private key but does not tell by its content, in bytes; 0: there are none.
  std::size_t private_key_size = 0;
  // What comes before the file's name in the parameter with which the provider opens.
  std::string_view key_parameter = {};
};

struct Scheme {
  std::string_view name;        // "jwe", as in "jwe:PUBLICKEY"
  std::string_view annotation;  // of its packets; one that ends with a dot begins the names of several

  // Recipients as the user writes them. The forms are for help texts and hints.
  std::string_view recipient_form;  // "jwe:PUBLICKEY"
  std::string_view removal_form;    // "jwe:PUBLICKEY": a recipient that the image has
  std::unique_ptr<RecipientGatherer> (*gather)(const GatherOptions& options);
  // `value` is what the user wrote after "SCHEME:". Throws kUsage for one that cannot be used.
  RecipientPattern (*pattern)(const std::string& value);
  // Whether "SCHEME:FILE" may name such a part of a file. nullopt: no; else why that fails, empty if it does
  // not. Null where recipients are not files.
  std::optional<std::string> (*fault_of_recipient)(const KeyItem& item) = nullptr;

  // Packets, without a key. The recipients of a packet, in its order; throws kIntegrity or kRefused for what
  // cannot be read. Nobody looks into opaque packets: their annotation has one recipient, however many
  // packets it holds, and this is called once, with an empty packet.
  std::vector<PacketRecipient> (*describe)(std::string_view annotation, ByteView packet);
  bool packets_are_opaque = false;
  // The packet without the recipients at these positions. What the others unwrap, and what authenticates it,
  // stays as it is. Throws as describe. Null where no packet has several recipients. REQUIRES: at least one
  // is left.
  Bytes (*without)(ByteView packet, const std::set<std::size_t>& positions) = nullptr;

  // Packets, with a private key of the user's. Null where key providers hold the keys.
  bool (*opens_with)(const PublicKey& key) = nullptr;  // whether the key's private half may open its packets
  std::optional<SecretBytes> (*unwrap)(const UserKey& key, ByteView packet,
                                       Attempts& attempts) = nullptr;  // as KeyUnwrapper::unwrap
  bool heeds_certificates = false;                                     // UserKey::certificates

  // Packets, with a program's help. Null where private keys open them.
  std::string (*provider_of)(std::string_view annotation) = nullptr;  // the key provider that unwraps them
  // What is wrong with the outer form of a packet, so that no program is given it. Throws kIntegrity or
  // kRefused. Null: programs see every packet.
  void (*check)(ByteView packet) = nullptr;
  NamedProvider (*parse_key)(std::string_view value) = nullptr;  // as in -k SCHEME:VALUE; throws kUsage
  std::string_view key_form = {};                                // "provider:NAME[:PARAMETER]"
  std::span<const OwnProvider> own_providers = {};

  // The names that ocicrypt gives to its parameters: no key provider may be called so.
  std::span<const std::string_view> parameter_names = {};
};

// In the order in which help texts name them and packets are written.
[[nodiscard]] std::span<const Scheme* const> schemes();
// The scheme whose packets this annotation holds; null: none of ours.
[[nodiscard]] const Scheme* scheme_of(std::string_view annotation);
// Whether a private key may open packets of this annotation. False for those of key providers and for unknown
// ones.
[[nodiscard]] bool private_keys_open(std::string_view annotation);

struct SchemeString {
  const Scheme* scheme;
  std::string value;
};

// "SCHEME:VALUE" taken apart. nullopt: it does not begin with the name of a scheme of ours.
[[nodiscard]] std::optional<SchemeString> parse_scheme_string(const std::string& text);

}  // namespace imgcrypt
