// A program that uses imgcrypt as a library: encrypts an image, shows its recipients, and decrypts it again.
#include <imgcrypt/image.hpp>

#include <cstdio>

namespace {

void run(const std::string& source, const std::string& directory, const std::string& public_key,
         const std::string& private_key) {
  imgcrypt::EncryptRequest encrypt;
  encrypt.source = source;
  encrypt.destination = "oci:" + directory + "/encrypted:latest";
  encrypt.recipients = {"jwe:" + public_key};
  (void)imgcrypt::encrypt(encrypt);
  for (const imgcrypt::InspectedLayer& layer : imgcrypt::inspect(encrypt.destination)) {
    std::printf("%s %s\n", layer.digest.c_str(), layer.media_type.c_str());
    for (const std::string& recipient : layer.recipients) std::printf("  for %s\n", recipient.c_str());
  }
  imgcrypt::DecryptRequest decrypt;
  decrypt.source = encrypt.destination;
  decrypt.destination = "oci:" + directory + "/decrypted:latest";
  decrypt.keys.emplace_back().path = private_key;
  const imgcrypt::WrittenImage decrypted = imgcrypt::decrypt(decrypt);
  std::printf("%s\n", decrypted.digest.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: %s oci:DIR[:TAG] DIRECTORY PUBLICKEY PRIVATEKEY\n", argv[0]);
    return 3;
  }
  try {
    run(argv[1], argv[2], argv[3], argv[4]);
    return 0;
  } catch (const imgcrypt::Error& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return static_cast<int>(error.code());
  }
}
