#include "transport/registry/certificates.hpp"

#include "support/scratch_folder.hpp"

#include <imgcrypt/error.hpp>

#include <gtest/gtest.h>

#include <fstream>

namespace imgcrypt {
namespace {

using namespace test;

// What is looked at: the frame, base64, and the first byte.
std::string certificate(const std::string& letter) {
  return "-----BEGIN CERTIFICATE-----\nMAA" + letter + "\n-----END CERTIFICATE-----";
}

void write(const std::filesystem::path& file, const std::string& text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file) << text;
}

TEST(Certificates, AreThoseOfTheHostsFolder) {
  const ScratchFolder folder;
  const std::filesystem::path root = folder.path();
  write(root / "certs.d/a.test:5000/b.crt", certificate("B"));
  write(root / "certs.d/a.test:5000/a.crt", certificate("A"));
  write(root / "certs.d/a.test:5000/client.cert", "C");
  write(root / "certs.d/a.test:5000/client.key", "K");
  write(root / "certs.d/a.test/other.crt", certificate("O"));
  write(root / "ca.pem", certificate("M"));
  RegistryOptions options;
  options.certificate_roots = {root / "none", root / "certs.d"};
  options.ca_file = root / "ca.pem";
  const HttpTrust trust = find_trust(options, "a.test:5000", "a.test:5000");
  EXPECT_EQ(trust.authorities, certificate("M") + "\n" + certificate("A") + "\n" + certificate("B") + "\n");
  EXPECT_EQ(trust.certificate, root / "certs.d/a.test:5000/client.cert");
  EXPECT_EQ(trust.key, root / "certs.d/a.test:5000/client.key");
  EXPECT_EQ(trust.certificate_origin, "a.test:5000");
  options.certificate_directory = root / "certs.d/a.test";
  EXPECT_EQ(find_trust(options, "a.test:5000", "a.test:5000").authorities,
            certificate("M") + "\n" + certificate("O") + "\n");
  EXPECT_EQ(find_trust({}, "a.test", "a.test").authorities, "");
}

TEST(Certificates, AreAlsoThoseOfTheEnvironment) {
  const ScratchFolder folder;
  const std::filesystem::path root = folder.path();
  write(root / "system.pem", certificate("S"));
  write(root / "ca.pem", certificate("M"));
  RegistryOptions options;
  options.system_ca_file = root / "system.pem";
  options.system_ca_directory = root;
  options.ca_file = root / "ca.pem";
  const HttpTrust trust = find_trust(options, "a.test", "a.test");
  EXPECT_EQ(trust.authorities, certificate("S") + "\n" + certificate("M") + "\n");
  EXPECT_EQ(trust.system_folder, root);
  EXPECT_EQ(trust.folder, "");
}

TEST(Certificates, NeedTheirKeys) {
  const ScratchFolder folder;
  write(std::filesystem::path(folder.path()) / "c.cert", "C");
  RegistryOptions options;
  options.certificate_directory = folder.path();
  EXPECT_THROW((void)find_trust(options, "a.test", "a.test"), Error);
  options.certificate_directory.clear();
  options.ca_file = "/nowhere/ca.pem";
  EXPECT_THROW((void)find_trust(options, "a.test", "a.test"), Error);
}

// Also beside good ones: nobody would notice that it is not used.
TEST(Certificates, AreRefusedUnlessTheyAreCertificates) {
  const ScratchFolder folder;
  const std::filesystem::path root = folder.path();
  write(root / "certs.d/a.test/good.crt", certificate("A"));
  RegistryOptions options;
  options.certificate_roots = {root / "certs.d"};
  options.ca_file = root / "ca.pem";
  for (const std::string& text :
       {std::string(), std::string("junk\n"), std::string("-----BEGIN CERTIFICATE-----\nMAAA\n"),
        certificate("*"), certificate("A") + "\n" + certificate("*"),
        std::string("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
        std::string("-----BEGIN PUBLIC KEY-----\nMAAA\n-----END PUBLIC KEY-----\n")}) {
    write(root / "ca.pem", text);
    try {
      (void)find_trust(options, "a.test", "a.test");
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUsage);
      EXPECT_NE(error.message().find(options.ca_file.string()), std::string::npos) << error.message();
    }
  }
}

}  // namespace
}  // namespace imgcrypt
