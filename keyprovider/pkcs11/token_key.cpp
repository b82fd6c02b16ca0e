#include "keyprovider/pkcs11/token_key.hpp"

#include "keyprovider/key_places.hpp"
#include "keyprovider/pkcs11/yaml_scalars.hpp"
#include "keywrap/pkcs11/token_uri.hpp"

#include <imgcrypt/error.hpp>

#include <filesystem>

namespace imgcrypt::keyprovider::pkcs11 {
namespace {

constexpr std::string_view kEnvironment = "module/env/";

Environment environment_of(const std::vector<YamlScalar>& scalars) {
  Environment environment;
  for (const YamlScalar& scalar : scalars) {
    if (!scalar.path.starts_with(kEnvironment)) continue;
    const std::string name = scalar.path.substr(kEnvironment.size());
    if (name.find_first_of("=/") != std::string::npos || name.empty())
      throw Error(ErrorCode::kUsage, "module/env has a name that no variable can have");
    if (!environment.emplace(name, scalar.value).second)
      throw Error(ErrorCode::kUsage, "module/env has " + name + " twice");
  }
  return environment;
}

}  // namespace

TokenKey parse_token_key(ByteView content, const std::string& file) {
  try {
    const std::vector<YamlScalar> scalars = read_yaml(as_text(content));
    const std::string uri = value_at(scalars, "pkcs11/uri");
    if (!uri.starts_with(kTokenUriScheme))
      throw Error(ErrorCode::kUsage, "no pkcs11/uri in it that begins with pkcs11:",
                  "-k FILE, without pkcs11:, takes a private key");
    Uri parsed(uri);
    std::string name = file + " (" + parsed.name() + ")";
    return {std::move(parsed), environment_of(scalars), std::move(name)};
  } catch (const Error& error) {
    throw error.in(file);
  }
}

SecretBytes read_named_file(const std::string& parameter) {
  std::error_code failure;
  if (shown_token_key(parameter) == parameter || std::filesystem::exists(parameter, failure))
    return read_key_file(parameter, kMostYamlBytes);
  throw Error(
      ErrorCode::kUsage, shown_token_key(parameter) + ": neither a key file nor a URI",
      "write FILE or token=TOKEN;object=KEY, and then :file=PINFILE, :fd=N, :env=VARIABLE or :prompt");
}

TokenKey read_token_key(const std::string& parameter) {
  if (!is_token_uri(parameter)) return parse_token_key(read_named_file(parameter).expose(), parameter);
  Uri uri(parameter);
  std::string name = uri.name();
  return {std::move(uri), {}, std::move(name)};
}

}  // namespace imgcrypt::keyprovider::pkcs11
