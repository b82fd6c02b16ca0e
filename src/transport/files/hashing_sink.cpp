#include "transport/files/hashing_sink.hpp"

#include "base/process/fd.hpp"
#include "base/work_time.hpp"

#include <fcntl.h>

namespace imgcrypt {
namespace {

// Small enough for the disk to be busy while the rest is still encrypted, large enough to be rare.
constexpr std::uint64_t kWriteBackBytes = 16 * 1024 * 1024;

}  // namespace

void HashingSink::write(Chunk chunk) {
  if (chunk.size() > region_.size - written_) {
    throw Error(ErrorCode::kIntegrity,
                what_ + ": there is more of it than the " + std::to_string(region_.size) + " bytes expected");
  }
  hasher_.update(chunk);
  const WorkTimer timer(Work::kWrite);
  const std::uint64_t with_it = written_ + chunk.size();
  write_file_at(fd_, chunk.view(), region_.offset + written_, what_,
                expected_ > with_it ? expected_ - with_it : 0);
  written_ = with_it;
  if (written_ - started_ >= kWriteBackBytes) start_write_back();
}

Digest HashingSink::finish() {
  start_write_back();
  return Digest::from_hash(algorithm_, hasher_.finish());
}

// Only a hint: what it cannot do, fsync does.
void HashingSink::start_write_back() noexcept {
  ::sync_file_range(fd_, static_cast<off64_t>(region_.offset + started_),
                    static_cast<off64_t>(written_ - started_), SYNC_FILE_RANGE_WRITE);
  started_ = written_;
}

}  // namespace imgcrypt
