// An image store in memory: a source and a destination at once.
#pragma once

#include "oci/verifying_source.hpp"
#include "support/memory_sink.hpp"
#include "support/slow_source.hpp"
#include "transport/image_store.hpp"

#include <map>
#include <mutex>
#include <string>

namespace imgcrypt::test {

class MemoryStore final : public ImageSource, public ImageDestination {
 public:
  Descriptor add(const std::string& media_type, const std::string& content) {
    const Digest digest = Digest::of(as_bytes(content));
    blobs[digest] = content;
    return {media_type, digest, content.size(), {}, std::nullopt, false, false};
  }

  [[nodiscard]] const RootDescriptor& root() const override { return root_.value(); }

  [[nodiscard]] std::unique_ptr<Source> open(const Descriptor& blob, ChunkPool& pool) override {
    const std::scoped_lock lock(mutex_);
    const auto found = blobs.find(blob.digest);
    if (found == blobs.end()) throw Error(ErrorCode::kNotFound, "no blob " + blob.digest.string());
    ++opened[blob.digest];
    return std::make_unique<VerifyingSource>(
        std::make_unique<SlowSource>(to_bytes(as_bytes(found->second)), kChunkSize, pool), blob.digest,
        blob.size);
  }

  void check_presence(const Descriptor& blob) override {
    const std::scoped_lock lock(mutex_);
    const auto found = blobs.find(blob.digest);
    if (found == blobs.end()) throw Error(ErrorCode::kNotFound, "no blob " + blob.digest.string());
    if (found->second.size() != blob.size) throw Error(ErrorCode::kIntegrity, "damaged");
  }

  void check() override {}

  [[nodiscard]] bool has(const Descriptor& blob) override {
    const std::scoped_lock lock(mutex_);
    return blobs.contains(blob.digest);
  }

  [[nodiscard]] bool adopt(const Descriptor&) override { return false; }

  Digest put_blob(const BlobInfo& info, Source& content) override {
    const Bytes bytes = pump_all(content);
    Digest digest = Digest::of(bytes, info.digest ? info.digest->algorithm() : info.algorithm);
    const std::scoped_lock lock(mutex_);
    blobs[digest] = std::string(as_text(bytes));
    return digest;
  }

  void put_document(const Descriptor& descriptor, std::string_view text) override {
    const std::scoped_lock lock(mutex_);
    blobs[descriptor.digest] = std::string(text);
  }

  std::optional<Digest> commit(const RootDescriptor& root) override {
    root_ = root;
    return std::nullopt;
  }

  std::map<Digest, std::string> blobs;
  std::map<Digest, unsigned> opened;  // how often each blob was read

 private:
  std::mutex mutex_;
  std::optional<RootDescriptor> root_;
};

}  // namespace imgcrypt::test
