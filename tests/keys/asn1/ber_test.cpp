#include "keys/asn1/ber.hpp"

#include "keys/asn1/der_writer.hpp"
#include "support/vectors.hpp"

#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

Bytes nested(std::size_t depth) {
  Bytes bytes;
  for (std::size_t i = 0; i < depth; ++i) bytes = der_element(DerTag::kSequence, {bytes});
  return bytes;
}

TEST(DerFromBer, KeepsWhatIsDer) {
  for (const Bytes& der : {Bytes{0x30, 0x00}, Bytes{0x04, 0x02, 0x01, 0x02}, Bytes{0x10, 0x02, 0x30, 0x80}}) {
    EXPECT_EQ(der_from_ber(der), der);
  }
}

TEST(DerFromBer, MakesLengthsDefiniteAndShort) {
  EXPECT_EQ(der_from_ber(Bytes{0x30, 0x80, 0x02, 0x01, 0x05, 0x00, 0x00}),
            (Bytes{0x30, 0x03, 0x02, 0x01, 0x05}));
  EXPECT_EQ(der_from_ber(Bytes{0x30, 0x83, 0, 0, 3, 0x02, 0x01, 0x05}),
            (Bytes{0x30, 0x03, 0x02, 0x01, 0x05}));
}

TEST(DerFromBer, JoinsOctetStrings) {
  const Bytes joined = {0x04, 0x03, 1, 2, 3};
  EXPECT_EQ(der_from_ber(Bytes{0x24, 0x80, 0x04, 0x01, 1, 0x04, 0x02, 2, 3, 0, 0}), joined);
  EXPECT_EQ(der_from_ber(Bytes{0x24, 0x80, 0x24, 0x03, 0x04, 0x01, 1, 0x04, 0x02, 2, 3, 0, 0}), joined);
  EXPECT_EQ(der_from_ber(Bytes{0x24, 0x03, 0x02, 0x01, 0x01}), std::nullopt);
}

TEST(DerFromBer, IgnoresWhatFollows) {
  EXPECT_EQ(der_from_ber(Bytes{0x30, 0x00, 0xff, 0xff}), (Bytes{0x30, 0x00}));
}

TEST(DerFromBer, RefusesWhatIsNotBer) {
  for (const Bytes& bytes :
       {Bytes{}, Bytes{0x30}, Bytes{0x30, 0x01}, Bytes{0x30, 0x80}, Bytes{0x30, 0x80, 0x00},
        Bytes{0x04, 0x80, 0x00, 0x00}, Bytes{0x00, 0x00}, Bytes{0x30, 0x02, 0x00, 0x00},
        Bytes{0x1f, 0x81, 0x00, 0x00}, Bytes{0x30, 0x85, 0, 0, 0, 0, 0},
        Bytes{0x30, 0x84, 0xff, 0xff, 0xff, 0xff}, Bytes{0x30, 0x82, 0x01}}) {
    EXPECT_EQ(der_from_ber(bytes), std::nullopt);
  }
}

TEST(DerFromBer, BoundsTheDepth) {
  EXPECT_EQ(der_from_ber(nested(32)), nested(32));
  EXPECT_EQ(der_from_ber(nested(33)), std::nullopt);
}

TEST(DerWriter, WritesEveryLengthOfLengths) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{127}, std::size_t{128}, std::size_t{255},
                                 std::size_t{256}, std::size_t{65535}, std::size_t{65536}}) {
    const Bytes element = der_element(DerTag::kOctetString, {Bytes(size, 7)});
    DerReader reader(element);
    EXPECT_EQ(to_bytes(reader.take(DerTag::kOctetString).value_or(ByteView())), Bytes(size, 7));
    EXPECT_TRUE(reader.at_end());
    const std::size_t header = size < 128 ? 2 : size < 256 ? 3 : size < 65536 ? 4 : 5;
    EXPECT_EQ(element.size(), header + size);
  }
}

TEST(DerWriter, SortsSets) {
  EXPECT_EQ(der_set_of({{2, 1, 9}, {2, 1, 3}, {1, 1, 255}}), (Bytes{0x31, 9, 1, 1, 255, 2, 1, 3, 2, 1, 9}));
}

}  // namespace
}  // namespace imgcrypt
