// An image that is encrypted for one party, and what becomes of it.
#pragma once

#include "image/encrypt.hpp"
#include "support/image_builder.hpp"
#include "support/party.hpp"
#include "support/reporter.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt::test {

class Encrypted : public testing::Test {
 protected:
  EncryptResult encrypt(const EncryptOptions& options = {}) {
    return encrypt_image(plain_, encrypted_, alice_.wrappers(), options, reporter_);
  }
  std::optional<ErrorCode> error_with(const EncryptOptions& options = {}) {
    return error_of([&] { encrypt(options); });
  }
  static std::vector<EncryptedAs> outcomes(const EncryptResult& result) {
    std::vector<EncryptedAs> outcomes;
    for (const LayerOutcome& layer : result.layers) outcomes.push_back(layer.outcome);
    return outcomes;
  }
  void expect_comes_back() {
    MemoryStore back;
    EXPECT_THAT(alice_.decrypt(encrypted_, back), testing::HasSubstr("exact: the result is identical"));
    EXPECT_EQ(back.root().descriptor.digest, plain_.root().descriptor.digest);
    EXPECT_EQ(back.blobs, plain_.blobs);
  }

  Party alice_;
  MemoryStore plain_;
  MemoryStore encrypted_;
  KeepingReporter reporter_;
};

}  // namespace imgcrypt::test
