#include "keys/key_text.hpp"

#include "base/text/encoding.hpp"
#include "keys/key.hpp"

#include <imgcrypt/error.hpp>

#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

std::string base64(std::string_view text, Base64 variant = Base64::kStandard) {
  return encode_base64(as_bytes(text), variant);
}

// PKCS#8 and SEC 1 of an EC key, the first line of PKCS#1 and of a public key.
constexpr std::string_view kPkcs8 =
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh+hRANCAAQ";
constexpr std::string_view kSec1 = "MHcCAQEEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4foAoGCCqGSM49AwEHoUQ";
constexpr std::string_view kPkcs1 = "MIIEpAIBAAKCAQEA0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL";
constexpr std::string_view kPublic = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE0123456789abcdefghijklmnopqr";

std::string pem(std::string_view body) {
  return "-----BEGIN PRIVATE KEY-----\n" + std::string(body) + "\n-----END PRIVATE KEY-----\n";
}

TEST(KeyText, IsRecognized) {
  const std::string jwk = R"({"kty":"EC","crv":"P-256","x":"AAEC","y":"AAEC","d":"AAECAwQFBgcICQoLDA0ODw"})";
  const std::string sodium = "sodium-x25519-secret-AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
  for (const std::string& text :
       {pem(kPkcs8), std::string("-----BEGIN"), std::string(kPkcs8), std::string(kSec1), std::string(kPkcs1),
        std::string(kPublic), jwk, sodium, std::string("AGE-SECRET-KEY-1QQQQQQQQ"), base64(pem(kPkcs8)),
        base64(base64(pem(kPkcs8))), base64(jwk), base64(jwk, Base64::kUrl), base64(sodium),
        std::string(254, 'a') + "A1"}) {
    EXPECT_TRUE(holds_key_text(text)) << text;
    for (const char* start : {"jwe:", "--key=", "-k", "file="}) {
      if (std::string_view(start) == "-k" && !text.starts_with('-')) continue;
      EXPECT_TRUE(holds_key_text(start + text)) << start << text;
    }
  }
  EXPECT_TRUE(holds_key_text("provider:sodium:" + sodium));
}

TEST(KeyText, IsNotAnOrdinaryArgument) {
  std::string deep;
  for (int i = 0; i < 40; ++i) deep += "/directory" + std::to_string(i);
  for (const std::string& text :
       {std::string(), std::string("key.pem"), std::string("/root/keys/MIGHTY/PRIVATE KEY"), deep,
        std::string(253, 'a') + "A1", std::string(5000, 'a'),
        std::string("registry/image@sha256:") + std::string(64, 'a'),
        "provider:other:A1" + std::string(300, 'a'), "age:ssh-rsa AAAAB3NzaC1yc2E" + std::string(400, 'a'),
        std::string(
            "provider:sodium:sodium-x25519-public-AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIj")}) {
    EXPECT_FALSE(holds_key_text(text)) << text;
  }
}

TEST(KeyText, IsNotQuoted) {
  const std::vector<std::string> arguments = {"decrypt", "-k", pem(kPkcs8)};
  try {
    refuse_key_text(arguments);
    FAIL() << "was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
    EXPECT_EQ(error.message(), "argument 3: the text of a key was given, where a file is expected");
  }
}

}  // namespace
}  // namespace imgcrypt
