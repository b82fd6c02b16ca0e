// Its random numbers cannot be replaced in any other way before OpenSSL has providers for that.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "fuzz/fuzz.hpp"

#include <openssl/rand.h>

#include <cstdlib>
#include <iostream>
#include <mutex>
#include <random>

namespace imgcrypt::test {
namespace {

// In the place of OpenSSL's random numbers, so that keys and nonces are the same whenever an input is tried.
class RepeatableRandom {
 public:
  static void restart() {
    const std::scoped_lock lock(mutex_);
    random_.seed();
  }

  static void install() {
    static const RAND_METHOD method = {nullptr, fill, nullptr, nullptr, fill, [] { return 1; }};
    RAND_set_rand_method(&method);
  }

 private:
  static int fill(unsigned char* buffer, int size) {
    const std::scoped_lock lock(mutex_);
    for (int i = 0; i < size; ++i) buffer[i] = static_cast<unsigned char>(random_());
    return 1;
  }

  static inline std::mutex mutex_;
  static inline std::mt19937 random_;
};

}  // namespace

void expect(bool holds, const std::string& what) {
  if (holds) return;
  std::cerr << "fuzz: error: expected: " << what << '\n' << story << '\n';
  std::abort();
}

}  // namespace imgcrypt::test

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  imgcrypt::test::RepeatableRandom::install();
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  imgcrypt::test::RepeatableRandom::restart();
  imgcrypt::test::story.clear();
  (void)imgcrypt::test::attempt([&] { imgcrypt::test::fuzz({data, size}); });
  return 0;
}
