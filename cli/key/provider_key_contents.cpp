#include "base/text/json.hpp"
#include "cli/key/key_contents.hpp"
#include "cli/key/own_provider.hpp"

#include <optional>
#include <sstream>

namespace imgcrypt::cli {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string use_of(const ProviderKey& key, const std::string& file) {
  if (key.half == KeyHalf::kPublic) return "encrypts: -r " + key.form(file);
  return "opens " + std::string(key.provider->form) + " layers: -k " +
         (key.provider->takes_plain_files ? file : key.form(file));
}

JsonObject begin_object(const ProviderKey& key, const char* container) {
  return JsonObject()
      .add("kind", key.half == KeyHalf::kPublic ? "public" : "private")
      .add("isLocked", false)
      .add("isEncrypted", false)
      .add("form", key.provider->form)
      .add("container", container);
}

void begin_lines(const ProviderKey& key, KeyContents& contents) {
  if (!contents.lines.empty()) contents.lines.end_line().end_line();
  contents.lines += key.half == KeyHalf::kPublic ? "public key" : "private key";
}

void add_provider_key(const ProviderKey& key, const std::string& public_key, const std::string& file,
                      KeyContents& contents) {
  const auto found = find_provider_key(public_key);
  const std::string kind(found ? found->kind : std::string_view());
  begin_lines(key, contents);
  add_line(contents.lines, "form", "text, of the key provider " + std::string(key.provider->program));
  add_line(contents.lines, "key", kind);
  add_line(contents.lines, "public key", public_key);
  add_line(contents.lines, "use", use_of(key, file));
  const bool is_public = key.half == KeyHalf::kPublic;
  JsonObject object = begin_object(key, "text");
  object.add("publicKey", public_key)
      .add_or_null("recipient", is_public ? std::optional(key.form(file)) : std::nullopt);
  if (!kind.empty()) object.add("type", kind);
  contents.keys.add(object);
}

// A key as keyprovider-pgp lists it.
void add_listed_key(const ProviderKey& key, const JsonView& listed, const std::string& file,
                    KeyContents& contents) {
  const auto text = [&](std::string_view name) { return listed.get(name).string(); };
  const bool is_public = key.half == KeyHalf::kPublic;
  // A secret key opens what was encrypted for it also after it has expired.
  const std::string fault = is_public ? text("fault") : "";
  begin_lines(key, contents);
  add_line(contents.lines, "form", "OpenPGP");
  add_line(contents.lines, "key", text("kind"));
  add_line(contents.lines, "fingerprint", text("fingerprint"));
  add_line(contents.lines, "key id", text("keyId"));
  JsonArray user_ids;
  for (const JsonView& user_id : listed.get("userIds").elements()) {
    add_line(contents.lines, "user id", user_id.string());
    user_ids.add(user_id.string());
  }
  add_line(contents.lines, "expires", text("expires"));
  add_line(contents.lines, "use", fault.empty() ? use_of(key, file) : "none: " + fault);
  JsonObject object = begin_object(key, "OpenPGP");
  object.add("keyKind", text("kind"))
      .add("fingerprint", text("fingerprint"))
      .add("keyId", text("keyId"))
      .add("userIds", user_ids)
      .add("expires", text("expires"))
      .add_or_null("recipient", is_public && fault.empty() ? std::optional(key.form(file)) : std::nullopt);
  if (!fault.empty()) object.add("fault", fault);
  contents.keys.add(object);
}

}  // namespace

KeyContents contents_of(const ProviderKey& key, const std::string& file) {
  KeyContents contents;
  const std::string program(key.provider->program);
  if (key.provider->takes_plain_files) {
    const std::string list = ask_own_provider(program, {"list", "--", file});
    for (const JsonView& listed : JsonView(list).elements()) add_listed_key(key, listed, file, contents);
    return contents;
  }
  // The program itself checks the keys. Each is a line.
  for (const std::string& public_key : lines_of(ask_own_provider(program, {"public", "--", file})))
    add_provider_key(key, public_key, file, contents);
  return contents;
}

}  // namespace imgcrypt::cli
