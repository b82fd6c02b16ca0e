#include "transport/registry/upload/upload_window.hpp"

#include "base/cancel.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <cstring>

namespace imgcrypt {

UploadWindow::UploadWindow(const BlobInfo& info, Source& content) : info_(info), content_(content) {
  if (!info.digest) hash_.emplace(Hasher(info.algorithm));
  tell_sent(0);
}

void UploadWindow::fail(const std::string& why) const {
  const std::string name = info_.digest ? "blob " + info_.digest->string() : "a blob";
  throw Error(
      ErrorCode::kIntegrity,
      name + " is damaged: " + why + " the " + std::to_string(info_.size) + " bytes that are expected",
      "fetch the image again from an intact copy");
}

void UploadWindow::pull() {
  std::optional<Chunk> chunk = content_.next();
  if (!chunk) {
    is_at_end_ = true;
    if (end_ < info_.size) fail("it has " + std::to_string(end_) + " of");
    return;
  }
  if (chunk->size() > info_.size - end_) fail("it is longer than");
  if (hash_) hash_->update(*chunk);
  end_ += chunk->size();
  chunks_.push_back(std::move(*chunk));
}

std::size_t UploadWindow::copy(std::uint64_t position, MutableByteView room) {
  while (position >= end_) pull();
  std::uint64_t at = begin_;
  auto chunk = chunks_.begin();
  for (; at + chunk->size() <= position; ++chunk) at += chunk->size();
  const ByteView bytes = chunk->view().subspan(static_cast<std::size_t>(position - at));
  const std::size_t size = std::min(room.size(), bytes.size());
  std::memcpy(room.data(), bytes.data(), size);
  return size;
}

void UploadWindow::acknowledge(std::uint64_t position) {
  while (!chunks_.empty() && begin_ + chunks_.front().size() <= position) {
    begin_ += chunks_.front().size();
    chunks_.pop_front();
  }
  if (begin_ == position) return;
  const auto taken = static_cast<std::size_t>(position - begin_);
  chunks_.front() = chunks_.front().slice(taken, chunks_.front().size() - taken);
  begin_ = position;
}

Digest UploadWindow::finish() {
  while (!is_at_end_) pull();
  return info_.digest ? *info_.digest : Digest::from_hash(info_.algorithm, hash_->finish());
}

std::size_t WindowBody::read(MutableByteView room) {
  if (read_ == size_) return 0;
  const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), size_ - read_));
  std::size_t size = most;
  try {
    throw_failure();
    if (!window_.is_finished()) throw_if_cancelled();
    window_.tell_sent(begin_ + read_);
    size = window_.copy(begin_ + read_, room.first(most));
    have_read();
  } catch (...) {
    failure_ = std::current_exception();
    std::memset(room.data(), 0, most);
  }
  read_ += size;
  return size;
}

void PassingBody::rewind() {
  if (window().acknowledged() > begin())
    throw Error(ErrorCode::kNetwork,
                "the upload of a blob broke off, and it cannot be sent again from the middle", "try again");
  WindowBody::rewind();
}

void PassingBody::have_read() {
  if (window().pulled() > window().acknowledged() + kMostUnacknowledged)
    window().acknowledge(window().pulled() - kMostUnacknowledged);
}

}  // namespace imgcrypt
