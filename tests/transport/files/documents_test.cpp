#include "oci/manifest.hpp"
#include "support/scratch_folder.hpp"
#include "transport/open.hpp"

#include <gtest/gtest.h>

namespace imgcrypt::test {
namespace {

class LocalStore : public testing::TestWithParam<std::string> {};

// nullopt: it was taken.
std::optional<ErrorCode> code_of_putting(const std::string& reference, const std::string& text) {
  const auto destination = open_destination(Reference::parse(reference, ReferenceUse::kWrite), {});
  destination->check();
  Descriptor document{"application/vnd.oci.image.manifest.v1+json",
                      Digest::of(as_bytes(text)),
                      text.size(),
                      {},
                      {},
                      false,
                      false};
  try {
    destination->put_document(document, text);
  } catch (const Error& error) {
    return error.code();
  }
  return std::nullopt;
}

// Or the image would be there, and nobody could read it.
TEST_P(LocalStore, TakesNoDocumentThatReadersRefuse) {
  const ScratchFolder folder;
  const std::string reference =
      GetParam() + (folder.path() / "out").string() + (GetParam() == "dir:" ? "" : ":t");
  const std::string largest = "\"" + std::string(1024 * 1024, 'x') + "\"";
  const std::string text = "[" + largest + "," + largest + "," + largest + "]";
  EXPECT_EQ(code_of_putting(reference, text), std::nullopt);
  EXPECT_EQ(code_of_putting(reference, text + std::string(kMostDocumentBytes - text.size(), ' ')),
            std::nullopt);
  EXPECT_EQ(code_of_putting(reference, text + std::string(kMostDocumentBytes - text.size() + 1, ' ')),
            ErrorCode::kRefused);
  EXPECT_EQ(code_of_putting(reference, "{\"half\":"), ErrorCode::kIntegrity);
}

INSTANTIATE_TEST_SUITE_P(All, LocalStore, testing::Values("oci:", "oci-archive:", "dir:"));

}  // namespace
}  // namespace imgcrypt::test
