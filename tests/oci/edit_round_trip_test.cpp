#include "oci/manifest.hpp"
#include "oci/media_types.hpp"

#include <gtest/gtest.h>

#include <random>

namespace imgcrypt {
namespace {

const char* const kPacket = "org.opencontainers.image.enc.keys.jwe";
const char* const kOptions = "org.opencontainers.image.enc.pubopts";

// Documents that say the same in every formatting that JSON allows.
class DocumentWriter {
 public:
  explicit DocumentWriter(unsigned seed) : random_(seed), space_(pick(3)) {}

  std::string manifest() {
    std::vector<std::string> layers;
    for (std::size_t i = 0, count = 1 + pick(4); i < count; ++i) layers.push_back(descriptor());
    std::vector<std::string> members = {member("schemaVersion", "2"), member("config", descriptor()),
                                        member("layers", list('[', layers, ']'))};
    if (pick(2) == 0) members.push_back(member("mediaType", quote(kOciManifest)));
    return gap() + object(std::move(members)) + gap();
  }

 private:
  std::size_t pick(std::size_t count) { return random_() % count; }

  std::string gap() {
    static constexpr const char* kGaps[] = {"", " ", "\n  ", "\t", "\r\n", "  "};
    if (space_ == 0) return "";
    return kGaps[space_ == 1 ? 1 : pick(std::size(kGaps))];
  }

  std::string escape(char c) {
    static constexpr char kDigits[] = "0123456789abcdef";
    const auto code = static_cast<unsigned char>(c);
    return std::string("\\u00") + kDigits[code / 16] + kDigits[code % 16];
  }

  std::string quote(std::string_view value) {
    const std::size_t style = pick(4);
    std::string quoted = "\"";
    for (const char c : value) {
      if (c == '/' && style == 1) {
        quoted += "\\/";
      } else if ((style == 2 && c == '+') || (style == 3 && pick(8) == 0)) {
        quoted += escape(c);
      } else {
        quoted += c;
      }
    }
    return quoted + "\"";
  }

  std::string member(const std::string& name, const std::string& value) {
    return "\"" + name + "\"" + gap() + ":" + gap() + value;
  }

  std::string list(char open, const std::vector<std::string>& items, char close) {
    std::string text(1, open);
    for (std::size_t i = 0; i < items.size(); ++i) text += (i == 0 ? "" : gap() + ",") + gap() + items[i];
    return text + gap() + close;
  }

  std::string object(std::vector<std::string> members) {
    static constexpr const char* kUnknown[] = {
        "18446744073709551617",      "1e3", "-0.50", R"("\u003c\ud83d\ude00\"}")",
        R"({ "annotations" : {} })", "[ ]", "null",  "true"};
    for (std::size_t i = 0, count = pick(3); i < count; ++i) {
      members.push_back(member("x-" + std::to_string(i), kUnknown[pick(std::size(kUnknown))]));
    }
    if (const std::size_t kind = pick(4); kind == 1) {
      members.push_back(member("annotations", list('{', {}, '}')));
    } else if (kind == 2) {
      members.push_back(member("annotations", "null"));
    } else if (kind == 3) {
      members.push_back(member("annotations", annotations()));
    }
    std::shuffle(members.begin(), members.end(), random_);
    return list('{', members, '}');
  }

  std::string annotations() {
    std::vector<std::string> members;
    for (std::size_t i = 0, count = 1 + pick(3); i < count; ++i) {
      members.push_back(member("own." + std::to_string(i), quote("a/b+c <&> , }")));
    }
    return list('{', members, '}');
  }

  std::string descriptor() {
    const std::string digest = Digest::of(as_bytes(std::to_string(random_()))).string();
    return object({member("mediaType", quote("application/vnd.oci.image.layer.v1.tar+gzip")),
                   member("digest", quote(digest)), member("size", std::to_string(pick(1'000'000)))});
  }

  std::mt19937 random_;
  std::size_t space_;  // none, one blank everywhere, anything
};

DescriptorEdit encrypting(const Descriptor& layer) {
  DescriptorEdit edit;
  edit.media_type = encrypted_type(layer.media_type);
  edit.digest = Digest::of(as_bytes(layer.digest.string()));
  edit.annotations.set = {{kPacket, "cGFja2V0"}, {kOptions, "b3B0aW9ucw=="}};
  return edit;
}

DescriptorEdit decrypting(const Descriptor& layer, const Descriptor& plain) {
  DescriptorEdit edit;
  edit.media_type = decrypted_type(layer.media_type);
  edit.digest = plain.digest;
  edit.annotations.removed = {kPacket, kOptions};
  return edit;
}

TEST(Edit, UndoneGivesTheVeryBytesBackWhateverTheFormatting) {
  for (unsigned seed = 0; seed < 500; ++seed) {
    const Manifest plain = Manifest::parse(DocumentWriter(seed).manifest());
    std::vector<DescriptorEdit> there;
    for (const Descriptor& layer : plain.layers()) there.push_back(encrypting(layer));
    const Manifest encrypted = plain.edited({{}, {}, there, {{{"mark", "x"}}, {}}});
    std::vector<DescriptorEdit> back;
    for (std::size_t i = 0; i < there.size(); ++i) {
      const Descriptor& layer = encrypted.layers()[i];
      EXPECT_EQ(layer.media_type, there[i].media_type);
      EXPECT_EQ(layer.digest, there[i].digest);
      EXPECT_EQ(layer.annotations.at(kPacket), "cGFja2V0");
      EXPECT_EQ(layer.annotations.size(), plain.layers()[i].annotations.size() + 2);
      EXPECT_EQ(layer.size, plain.layers()[i].size);
      back.push_back(decrypting(layer, plain.layers()[i]));
    }
    EXPECT_EQ(encrypted.annotations().at("mark"), "x");
    ASSERT_EQ(encrypted.edited({{}, {}, back, {{}, {"mark"}}}).raw(), plain.raw()) << "seed " << seed;
  }
}

TEST(Edit, OfNothingChangesNothing) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    const Manifest manifest = Manifest::parse(DocumentWriter(seed).manifest());
    const std::vector<DescriptorEdit> none(manifest.layers().size());
    ASSERT_EQ(manifest.edited({{}, {}, none, {}}).raw(), manifest.raw()) << "seed " << seed;
    ASSERT_EQ(manifest.edited({{}, {}, none, {{}, {"absent"}}}).raw(), manifest.raw()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace imgcrypt
