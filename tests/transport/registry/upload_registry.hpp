// A registry that takes uploads, whose faults a test sets, and a destination that writes to it.
#pragma once

#include "support/http_server.hpp"
#include "support/scratch_folder.hpp"
#include "transport/registry/registry_destination.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
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

// What a registry keeps of the last upload that was begun; faults are set by the tests.
struct Uploads {
  std::string bytes;
  std::string name;            // the first part of its path
  std::set<std::string> open;  // all that are neither finished nor deleted
  int count = 0;
  std::string stored;  // what the PUT brought to an end
  int patches = 0;
  int patches_of_this = 0;
  bool keeps_connections = false;
  std::string tag_digest;  // what the tag leads to; empty: nothing
  std::string tagged;      // the manifest that was put under the tag

  // What becomes of the given PATCH (from 1) instead of the usual; empty: the usual.
  std::function<std::string(int patch, const ServerRequest& request)> fault = [](int, const ServerRequest&) {
    return std::string();
  };
  // The same for the given PUT.
  std::function<std::string(int put, const ServerRequest& request)> fault_of_put =
      [](int, const ServerRequest&) { return std::string(); };
  int puts = 0;

  [[nodiscard]] std::string accepted() const {
    const std::string last = std::to_string(bytes.empty() ? 0 : bytes.size() - 1);
    return answer(202, {"Location: " + name + std::to_string(patches), "Range: 0-" + last});
  }

  std::string operator()(const ServerRequest& request) {
    std::string text = answered(request);
    return keeps_connections && !text.empty() ? keeping(std::move(text)) : text;
  }

  std::string answered(const ServerRequest& request) {
    if (request.target == "/v2/") return answer(200);
    if (request.target.find("/manifests/") != std::string::npos) return manifest(request);
    if (request.method == "POST") {
      name = "/up/" + std::to_string(++count) + "/";
      open.insert(name);
      bytes.clear();
      patches_of_this = 0;
      return answer(202, {"Location: " + name + "first"});
    }
    if (request.target.starts_with("/up/")) return upload(request);
    return answer(404);
  }

  std::string upload(const ServerRequest& request) {
    const std::string meant = request.target.substr(0, request.target.rfind('/') + 1);
    if (request.method == "DELETE") return answer(open.erase(meant) > 0 ? 204 : 404);
    if (meant != name || !open.contains(name)) return answer(404);
    if (request.method == "GET")
      return answer(204, {"Location: " + name + "again",
                          "Range: 0-" + std::to_string(bytes.empty() ? 0 : bytes.size() - 1)});
    if (request.method == "PATCH") {
      ++patches;
      ++patches_of_this;
      if (std::string other = fault(patches, request); !other.empty()) return other == "broken" ? "" : other;
      const std::string range = request.header("content-range");
      if (!range.empty() && range.find(std::to_string(bytes.size()) + "-") != 0) return answer(416);
      bytes += request.body;
      return accepted();
    }
    ++puts;
    if (std::string other = fault_of_put(puts, request); !other.empty())
      return other == "broken" ? "" : other;
    stored = bytes + request.body;
    open.erase(name);
    return answer(201);
  }

  std::string manifest(const ServerRequest& request) {
    const bool is_tag = request.target.ends_with("/t");
    if (request.method == "PUT") {
      if (is_tag) {
        tagged = request.body;
        tag_digest = Digest::of(as_bytes(tagged)).string();
      }
      return answer(201);
    }
    if (!is_tag || tag_digest.empty()) return answer(404);
    return "HTTP/1.1 200 X\r\nConnection: close\r\nDocker-Content-Digest: " + tag_digest + "\r\n\r\n";
  }
};

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
