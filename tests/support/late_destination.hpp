// A destination that behaves like a natural upload: it pulls chunks and keeps them, while another thread
// sends them one by one, later and at its own pace. On demand it fails in the middle of a blob, either for
// good or with a network error, after which the blob must be sent again from its start. What it sends ends up
// in a MemoryStore.
#pragma once

#include "support/memory_store.hpp"

#include <imgcrypt/error.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace imgcrypt::test {

class LateDestination final : public ImageDestination {
 public:
  explicit LateDestination(MemoryStore& store) : store_(store) {}

  // Called before each chunk is sent, with the number of bytes of the blob sent so far; may throw.
  std::function<void(const BlobInfo& info, std::size_t sent)> before_send = [](const BlobInfo&, std::size_t) {
  };
  std::atomic<unsigned> begun{0};  // blobs

  void check() override {}
  [[nodiscard]] bool has(const Descriptor& blob) override { return store_.has(blob); }
  [[nodiscard]] bool adopt(const Descriptor&) override { return false; }

  Digest put_blob(const BlobInfo& info, Source& content) override {
    ++begun;
    Upload upload(info, before_send);
    while (auto chunk = content.next()) {
      if (!upload.keep(std::move(*chunk))) break;  // it has failed
    }
    MemorySource sent(upload.finish());
    return store_.put_blob(info, sent);
  }

  void put_document(const Descriptor& descriptor, std::string_view text) override {
    store_.put_document(descriptor, text);
  }
  std::optional<Digest> commit(const RootDescriptor& root) override { return store_.commit(root); }

 private:
  // The thread sends a chunk only when kLate later ones have come, or the end.
  class Upload {
   public:
    Upload(const BlobInfo& info, const std::function<void(const BlobInfo&, std::size_t)>& before_send)
        : info_(info), before_send_(before_send), thread_([this] { run(); }) {}
    Upload(const Upload&) = delete;
    Upload& operator=(const Upload&) = delete;
    ~Upload() { end(); }

    bool keep(Chunk chunk) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return kept_.size() < kMostKept || failure_; });
      kept_.push_back(std::move(chunk));
      changed_.notify_all();
      return !failure_;
    }

    // All that was sent, in the order of the stream.
    Bytes finish() {
      end();
      if (failure_) std::rethrow_exception(failure_);
      return std::move(sent_);
    }

   private:
    static constexpr std::size_t kLate = 7;
    static constexpr std::size_t kMostKept = 24;

    void end() {
      {
        const std::lock_guard lock(mutex_);
        is_at_end_ = true;
      }
      changed_.notify_all();
      if (thread_.joinable()) thread_.join();
    }

    void run() {
      std::unique_lock lock(mutex_);
      while (true) {
        changed_.wait(lock, [&] { return kept_.size() > kLate || is_at_end_; });
        if (kept_.empty()) return;
        const Chunk chunk = std::move(kept_.front());
        kept_.pop_front();
        lock.unlock();
        std::exception_ptr failure;
        try {
          send(chunk);
        } catch (...) {
          failure = std::current_exception();
        }
        lock.lock();
        failure_ = failure;
        changed_.notify_all();
        if (failure_) return;
      }
    }

    // In pieces of another size than the chunks, which is not a divisor of theirs.
    void send(const Chunk& chunk) {
      before_send_(info_, sent_.size());
      for (std::size_t at = 0; at < chunk.size(); at += 999) {
        const Chunk piece = chunk.slice(at, std::min<std::size_t>(999, chunk.size() - at));
        sent_.insert(sent_.end(), piece.view().begin(), piece.view().end());
      }
      if (sent_.size() % 3 == 0) std::this_thread::sleep_for(std::chrono::microseconds(50));
    }

    const BlobInfo& info_;
    const std::function<void(const BlobInfo&, std::size_t)>& before_send_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Chunk> kept_;
    bool is_at_end_ = false;
    std::exception_ptr failure_;
    Bytes sent_;
    std::thread thread_;
  };

  MemoryStore& store_;
};

}  // namespace imgcrypt::test
