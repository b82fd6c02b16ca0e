#include "transport/credentials/auth_file.hpp"

#include "base/process/fd.hpp"
#include "base/text/encoding.hpp"
#include "base/text/json_secret.hpp"

namespace imgcrypt {
namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 20U;
constexpr std::string_view kHub = "docker.io";

// Docker pads what it encodes to a multiple of three.
ByteView without_padding(ByteView password) {
  while (!password.empty() && password.back() == 0) password = password.first(password.size() - 1);
  return password;
}

}  // namespace

AuthFile AuthFile::read(const std::filesystem::path& path, AuthFileFormat format) {
  AuthFile file(path, format, read_secret_file(path.string(), kMostBytes));
  if (file.text().find_first_not_of(" \t\r\n") == std::string_view::npos) return empty(path);
  try {
    check_json(file.text());
    (void)JsonView(file.text()).members();
    (void)file.entries();
  } catch (const Error& error) {
    throw Error(ErrorCode::kUsage, path.string() + ": " + error.message(),
                "correct the file, or name another one with --authfile");
  }
  return file;
}

AuthFile AuthFile::empty(const std::filesystem::path& path) {
  return {path, AuthFileFormat::kConfig, SecretBytes::copy_of(as_bytes("{}"))};
}

std::optional<JsonView> AuthFile::entries() const {
  const JsonView root(text());
  if (format_ == AuthFileFormat::kOld) return root;
  auto auths = root.find("auths");
  if (auths) (void)auths->members();
  return auths;
}

std::vector<JsonMember> AuthFile::members_of(std::string_view name) const {
  if (format_ == AuthFileFormat::kOld) return {};
  const auto object = JsonView(text()).find(name);
  return object ? object->members() : std::vector<JsonMember>();
}

RegistryKey AuthFile::key_of(const JsonMember& entry) const {
  return format_ == AuthFileFormat::kOld ? RegistryKey::of_old_file(entry.name())
                                         : RegistryKey::of_file(entry.name());
}

std::vector<JsonMember> AuthFile::entries_of(const RegistryKey& key) const {
  std::vector<JsonMember> found;
  const auto auths = entries();
  if (!auths) return found;
  for (const JsonMember& entry : auths->members()) {
    // The exact key counts before the old spellings of it, which older tools have left.
    if (key_of(entry) == key) found.insert(entry.name() == key.string() ? found.begin() : found.end(), entry);
  }
  return found;
}

std::optional<Credentials> AuthFile::find(const RegistryKey& key) const {
  for (const RegistryKey& one : key.with_parents()) {
    for (const JsonMember& entry : entries_of(one)) {
      if (auto credentials = credentials_of(entry)) return credentials;
    }
  }
  return std::nullopt;
}

Credentials AuthFile::decode(std::string_view auth, const std::string& key) const {
  const auto decoded = decode_base64_secret(auth, Base64::kStandard, WhiteSpace::kIgnored);
  const std::size_t colon = decoded ? as_text(decoded->expose()).find(':') : std::string_view::npos;
  if (colon == std::string_view::npos)
    throw Error(ErrorCode::kUsage,
                path_.string() + ": \"auth\" of " + key + " is not the base64 of USER:PASSWORD",
                "log in again with imgcrypt login " + key);
  const ByteView bytes = decoded->expose();
  Credentials credentials;
  credentials.user = as_text(bytes.first(colon));
  credentials.password = SecretBytes::copy_of(without_padding(bytes.subspan(colon + 1)));
  return credentials;
}

std::optional<Credentials> AuthFile::credentials_of(const JsonMember& entry) const {
  if (entry.value.is_null()) return std::nullopt;
  Credentials credentials;
  try {
    const auto auth = entry.value.find("auth");
    const SecretBytes encoded = auth ? decode_json_secret(*auth) : SecretBytes();
    if (encoded.size() > 0) {
      credentials = decode(as_text(encoded.expose()), entry.name());
    } else if (const auto user = entry.value.find("username")) {
      credentials.user = user->string();
      if (const auto password = entry.value.find("password"))
        credentials.password = decode_json_secret(*password);
    }
    if (const auto token = entry.value.find("identitytoken"))
      credentials.identity_token = decode_json_secret(*token);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kUsage) throw;
    throw Error(ErrorCode::kUsage, path_.string() + ": entry of " + entry.name() + ": " + error.message(),
                "log in again with imgcrypt login " + entry.name());
  }
  credentials.origin = path_.string();
  const bool is_empty = credentials.user.empty() && credentials.identity_token.size() == 0;
  return is_empty ? std::nullopt : std::optional(std::move(credentials));
}

std::vector<HelperEntry> AuthFile::all_helpers() const {
  std::vector<HelperEntry> helpers;
  for (const JsonMember& member : members_of("credHelpers"))
    helpers.push_back({member.value.string(), {member.name()}});
  return helpers;
}

std::optional<HelperEntry> AuthFile::helper_of(const std::string& host) const {
  for (HelperEntry& helper : all_helpers()) {
    if (helper.name.empty() || RegistryKey::of_file(helper.servers.front()) != RegistryKey{host, {}})
      continue;
    // Docker and containers' tools call Docker Hub by different names.
    if (host == kHub) helper.servers = {helper.servers.front(), docker_server_name(host), host};
    return helper;
  }
  return std::nullopt;
}

std::optional<HelperEntry> AuthFile::default_helper(const std::string& host) const {
  if (format_ == AuthFileFormat::kOld) return std::nullopt;
  const auto name = JsonView(text()).find("credsStore");
  if (!name || name->string().empty()) return std::nullopt;
  HelperEntry helper{name->string(), {docker_server_name(host)}};
  if (host == kHub) helper.servers.push_back(host);
  return helper;
}

}  // namespace imgcrypt
