// A destination that writes to a registry whose faults a test sets.
#pragma once

#include "support/scratch_folder.hpp"
#include "transport/registry/registry_destination.hpp"
#include "transport/registry/uploads.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace imgcrypt::test {

inline constexpr std::size_t kChunk = std::size_t{8} * 1024 * 1024;

inline const std::string kBlob = [] {
  std::string text;
  for (int i = 0; text.size() < 2 * kChunk + 12'345; ++i) text += std::to_string(i) + "\n";
  return text;
}();

class RegistryDestinationTest : public testing::Test {
 protected:
  std::unique_ptr<RegistryDestination> open_destination(std::optional<Digest> replaced = std::nullopt,
                                                        std::optional<Digest> wanted = std::nullopt) {
    RegistryOptions options;
    options.retries = 1;
    const RegistryReference name{server_.host(), "x", wanted ? "" : "t", wanted};
    auto client =
        std::make_unique<RegistryClient>(name, options, std::set<std::string>{"repository:x:pull,push"});
    return std::make_unique<RegistryDestination>(
        std::move(client),
        RegistryTarget{name, std::nullopt, replaced, std::filesystem::path(folder_.path())});
  }

  // Of the blob as a layer whose digest is known only at its end, or from the beginning.
  Digest put(const std::string& blob, bool is_known = false) {
    return put(*open_destination(), blob, is_known);
  }

  static Digest put(RegistryDestination& destination, const std::string& blob, bool is_known = false) {
    MemorySource content(to_bytes(as_bytes(blob)));
    const Digest digest = Digest::of(as_bytes(blob));
    const Digest found = destination.put_blob(
        {.media_type = "x/y", .size = blob.size(), .digest = is_known ? std::optional(digest) : std::nullopt},
        content);
    EXPECT_EQ(found, digest);
    return found;
  }

  ErrorCode failure() { return failure(*open_destination()); }

  static ErrorCode failure(RegistryDestination& destination) {
    try {
      (void)put(destination, kBlob);
    } catch (const Error& error) {
      return error.code();
    }
    ADD_FAILURE() << "it did not fail";
    return ErrorCode::kOther;
  }

  // With the root put, in place of another image.
  std::unique_ptr<RegistryDestination> open_in_place() {
    uploads_.tag_digest = old_.string();
    auto destination = open_destination(old_);
    destination->check();
    destination->put_document(root_, text_);
    return destination;
  }

  Uploads uploads_;
  ScratchFolder folder_;
  const std::string text_ = R"({"schemaVersion":2})";
  const Descriptor root_{
      "application/vnd.oci.image.manifest.v1+json", Digest::of(as_bytes(text_)), text_.size(), {}, {}};
  const Digest old_ = Digest::of(as_bytes("old"));
  HttpServer server_{[this](const ServerRequest& request) { return uploads_(request); }};
};

}  // namespace imgcrypt::test
