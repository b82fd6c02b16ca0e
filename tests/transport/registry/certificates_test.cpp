#include "transport/registry/certificates.hpp"

#include "support/scratch_folder.hpp"

#include <imgcrypt/error.hpp>

#include <gtest/gtest.h>

#include <fstream>

namespace imgcrypt {
namespace {

using namespace test;

void write(const std::filesystem::path& file, const std::string& text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file) << text;
}

TEST(Certificates, AreThoseOfTheHostsFolder) {
  const ScratchFolder folder;
  const std::filesystem::path root = folder.path();
  write(root / "certs.d/a.test:5000/b.crt", "B");
  write(root / "certs.d/a.test:5000/a.crt", "A");
  write(root / "certs.d/a.test:5000/client.cert", "C");
  write(root / "certs.d/a.test:5000/client.key", "K");
  write(root / "certs.d/a.test/other.crt", "O");
  write(root / "ca.pem", "M");
  RegistryOptions options;
  options.certificate_roots = {root / "none", root / "certs.d"};
  options.ca_file = root / "ca.pem";
  const HttpTrust trust = find_trust(options, "a.test:5000", "a.test:5000");
  EXPECT_EQ(trust.authorities, "M\nA\nB\n");
  EXPECT_EQ(trust.certificate, root / "certs.d/a.test:5000/client.cert");
  EXPECT_EQ(trust.key, root / "certs.d/a.test:5000/client.key");
  EXPECT_EQ(trust.certificate_origin, "a.test:5000");
  options.certificate_directory = root / "certs.d/a.test";
  EXPECT_EQ(find_trust(options, "a.test:5000", "a.test:5000").authorities, "M\nO\n");
  EXPECT_EQ(find_trust({}, "a.test", "a.test").authorities, "");
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

}  // namespace
}  // namespace imgcrypt
