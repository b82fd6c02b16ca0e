// What tells layers apart.
#include "image/tree/layer_id.hpp"

#include <gtest/gtest.h>

namespace imgcrypt::test {
namespace {

LayerId id_with(const Annotations& annotations) {
  return layer_id({"type", Digest::of({}), 1, annotations, std::nullopt, false, false});
}

TEST(LayerIds, DifferByEncryptionAnnotationsOnly) {
  const std::string prefix = "org.opencontainers.image.enc.";
  const LayerId plain = id_with({});
  const LayerId encrypted = id_with({{prefix + "a", "bc"}});
  EXPECT_EQ(id_with({{"other", "x"}}), plain);
  EXPECT_EQ(id_with({{prefix + "a", "bc"}, {"other", "x"}, {"zother", ""}}), encrypted);
  EXPECT_NE(encrypted, plain);
  EXPECT_NE(id_with({{prefix + "a", "bd"}}), encrypted);
  EXPECT_NE(id_with({{prefix + "ab", "c"}}), encrypted);
  EXPECT_NE(id_with({{prefix + "a", "b"}, {prefix + "c", ""}}),
            id_with({{prefix + "a", "bc"}, {prefix, ""}}));
  EXPECT_NE(id_with({{prefix + "a", ""}}), plain);
}

}  // namespace
}  // namespace imgcrypt::test
