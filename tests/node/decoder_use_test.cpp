#include "node/examine/decoder_use.hpp"

#include "node/defaults.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

using testing::ElementsAre;

StreamProcessor processor(const std::string& name, const std::string& compression,
                          std::vector<std::string> arguments = {}) {
  return {name,    {encrypted_layer_type(compression)}, "", "/opt/ctd-decoder", std::move(arguments), {},
          "/etc/x"};
}

TEST(DecoderUseTest, ContainerdHasDefaultsForTarAndGzip) {
  const auto uses = decoder_uses({});
  EXPECT_THAT(uses,
              ElementsAre(DecoderUse{"ctd-decoder", kDefaultKeyDirectory, kDefaultProviderConfig, false}));
  EXPECT_EQ(processors_in_force({}).size(), 2U);
}

TEST(DecoderUseTest, ATableOfTheSameNameReplacesADefault) {
  ContainerdConfig config;
  config.processors = {processor("io.containerd.ocicrypt.decoder.v1.tar", "tar"),
                       processor("io.containerd.ocicrypt.decoder.v1.tar.gzip", "tar+gzip")};
  EXPECT_THAT(decoder_uses(config),
              ElementsAre(DecoderUse{"/opt/ctd-decoder", kDefaultKeyDirectory, "", false}));
}

TEST(DecoderUseTest, ReadsOptionsInBothForms) {
  ContainerdConfig config;
  config.processors = {
      processor("io.containerd.ocicrypt.decoder.v1.tar", "tar", {"--decryption-keys-path", "/a"}),
      processor("io.containerd.ocicrypt.decoder.v1.tar.gzip", "tar+gzip",
                {"--decryption-keys-path=/b", "--sandbox=off"})};
  EXPECT_THAT(decoder_uses(config), ElementsAre(DecoderUse{"/opt/ctd-decoder", "/a", "", false},
                                                DecoderUse{"/opt/ctd-decoder", "/b", "", true}));
}

TEST(DecoderUseTest, SaysWhichKindOfLayerNobodyTakes) {
  ExaminedContainerd containerd;
  containerd.config_file = "/etc/x";
  ASSERT_EQ(examine_processors(containerd).size(), 1U);
  EXPECT_EQ(examine_processors(containerd)[0].severity, Severity::kFault);
  containerd.config.processors = {processor("mine", "tar+zstd")};
  EXPECT_EQ(examine_processors(containerd)[0].severity, Severity::kFine);
  containerd.config.processors.push_back(processor("mine", "tar"));
  EXPECT_EQ(examine_processors(containerd)[0].severity, Severity::kFault);  // two for tar
}

}  // namespace
}  // namespace imgcrypt
