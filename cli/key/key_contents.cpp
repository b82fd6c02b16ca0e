#include "cli/key/key_contents.hpp"

#include "keywrap/scheme_help.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

namespace imgcrypt::cli {
namespace {

const char* kind_of(const KeyItem& item) {
  switch (item.kind) {
    case KeyItemKind::kPrivateKey:
    case KeyItemKind::kLockedPrivateKey:
      return "private";
    case KeyItemKind::kPublicKey:
      return "public";
    case KeyItemKind::kCertificate:
      return "certificate";
  }
  return "";
}

const char* title_of(const KeyItem& item) {
  switch (item.kind) {
    case KeyItemKind::kPrivateKey:
      return "private key";
    case KeyItemKind::kLockedPrivateKey:
      return "private key, locked by a passphrase";
    case KeyItemKind::kPublicKey:
      return "public key";
    case KeyItemKind::kCertificate:
      return "certificate";
  }
  return "";
}

bool is_rsa(const KeyItem& item) { return item.key->key.kind() == KeyKind::kRsa; }

std::string type_of(const KeyItem& item) {
  const PublicKey& key = item.key->key;
  return is_rsa(item) ? "RSA, " + std::to_string(key.bits()) + " bits" : "EC, " + key.curve();
}

// Commands use only the first private key, the first public key and the first certificate of a file.
bool is_used(const std::vector<KeyItem>& items, const KeyItem& item) {
  const auto first = std::ranges::find_if(
      items, [&](const KeyItem& other) { return std::string_view(kind_of(other)) == kind_of(item); });
  return &*first == &item;
}

std::string use_of(const KeyItem& item, const std::string& file) {
  if (!item.fault.empty()) return "none: " + item.fault;
  if (item.kind == KeyItemKind::kLockedPrivateKey)
    return "needs its passphrase: -k " + file + ":prompt, or :file=F, :fd=N or :env=V";
  if (item.kind == KeyItemKind::kPrivateKey) {
    return "opens " + schemes_opened_by(item.key->key) + " layers: -k " + file +
           (item.is_encrypted ? ":prompt" : "");
  }
  const auto use = recipient_use(item, file);
  if (!use) return "none";
  return use->fault.empty() ? "encrypts: -r " + use->recipient : "none: " + use->fault;
}

// As one word of a command line, which can be pasted: URIs have characters that a shell takes for its own.
std::string in_shell(const std::string& word) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./:=,+@%";
  if (word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

Text text_of(const KeyItem& item, const std::string& use) {
  Text text = title_of(item);
  add_line(text, "form", item.form + (item.is_encrypted ? ", encrypted, in " : " in ") + item.container);
  if (item.key) {
    add_line(text, "key", type_of(item));
    add_line(text, "fingerprint", item.key->key.thumbprint());
    add_line(text, "key id", item.key->key_id);
    add_line(text, "algorithm", item.key->algorithm);
  }
  if (item.certificate) {
    add_line(text, "subject", item.certificate->subject);
    add_line(text, "issuer", item.certificate->issuer);
    add_line(text, "serial", item.certificate->serial);
    add_line(text, "valid",
             item.certificate->not_before + " to " + item.certificate->not_after + " (not checked)");
  }
  add_line(text, "use", use);
  return text;
}

JsonObject json_of(const CertificateText& certificate) {
  JsonObject object;
  object.add("subject", certificate.subject)
      .add("issuer", certificate.issuer)
      .add("serial", certificate.serial)
      .add("notBefore", certificate.not_before)
      .add("notAfter", certificate.not_after);
  return object;
}

std::optional<std::string> text_or_none(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

// What to write after -r; nullopt if it cannot be used so.
std::optional<std::string> recipient_of(const KeyItem& item, const std::string& file) {
  const auto use = recipient_use(item, file);
  return use && use->fault.empty() ? std::optional(use->recipient) : std::nullopt;
}

JsonObject json_of(const KeyItem& item, const std::string& file, bool is_first) {
  JsonObject object;
  object.add("kind", kind_of(item))
      .add("isLocked", item.kind == KeyItemKind::kLockedPrivateKey)
      .add("isEncrypted", item.is_encrypted)
      .add("form", item.form)
      .add("container", item.container);
  if (item.key) {
    const PublicKey& key = item.key->key;
    object.add("type", is_rsa(item) ? "RSA" : "EC")
        .add("bits", key.bits())
        .add_or_null("curve", text_or_none(key.curve()))
        .add("fingerprint", key.thumbprint())
        .add_or_null("keyId", text_or_none(item.key->key_id))
        .add_or_null("algorithm", text_or_none(item.key->algorithm))
        .add_or_null("recipient", is_first ? recipient_of(item, file) : std::nullopt);
  }
  if (item.certificate) object.add("certificate", json_of(*item.certificate));
  if (!item.fault.empty()) object.add("fault", item.fault);
  return object;
}

}  // namespace

void add_line(Text& text, std::string name, const std::string& value) {
  if (value.empty()) return;
  name.resize(std::max<std::size_t>(name.size() + 2, 13), ' ');
  text.end_line() += "  " + name + value;
}

KeyContents contents_of(const NamedDeviceKey& key, const PublicKey& half) {
  const bool has_passphrase = key.passphrase.from != PassphraseFrom::kNowhere;
  const KeyItem item{.kind = KeyItemKind::kPrivateKey,
                     .form = "a key that stays there",
                     .container = std::string(key.name.device->name),
                     .key = PublicJwk{half, {}, {}, {}},
                     .certificate = std::nullopt,
                     .is_encrypted = has_passphrase};
  return contents_of(std::vector{item}, key.name.text());
}

KeyContents contents_of(const std::vector<KeyItem>& items, const std::string& file) {
  KeyContents contents;
  for (const KeyItem& item : items) {
    const bool is_first = is_used(items, item);
    const std::string use =
        is_first || !item.fault.empty()
            ? use_of(item, in_shell(file))
            : "none: only the first of its kind in a file is used; move it to a file of its own";
    if (!contents.lines.empty()) contents.lines.end_line().end_line();
    contents.lines += text_of(item, use);
    contents.keys.add(json_of(item, file, is_first));
  }
  return contents;
}

}  // namespace imgcrypt::cli
