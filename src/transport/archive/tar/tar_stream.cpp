#include "transport/archive/tar/tar_stream.hpp"

#include "base/process/fd.hpp"
#include "transport/archive/tar/tar_header.hpp"
#include "transport/files/blob_faults.hpp"
#include "transport/files/hashing_sink.hpp"
#include "transport/files/unnamed_file.hpp"

namespace imgcrypt {

bool TarStream::has(const Digest& digest) {
  const std::scoped_lock lock(mutex_);
  return put_.contains(digest);
}

Digest TarStream::put(const BlobInfo& info, Source& content) {
  const std::scoped_lock lock(mutex_);
  const Fd file = create_unnamed_file(directory_);
  require_room(file, info.size, directory_);
  HashingSink sink(file.get(), {0, info.size}, algorithm_of(info),
                   "write a temporary file in " + directory_.string(), info.size);
  pump(content, sink);
  const Digest digest = sink.finish();
  require_content(info.digest, info.size, digest, sink.written());
  if (put_.contains(digest)) return digest;
  ChunkPool pool;
  RangeSource whole(file.get(), {0, info.size}, "read a temporary file", pool);
  write_member(name_of_(digest, info.media_type), info.size, whole);
  put_.insert(digest);
  return digest;
}

void TarStream::write_member(const std::string& name, std::uint64_t size, Source& content) {
  std::uint64_t left = size;
  write_bytes(tar_header(name, size), left);
  while (const auto chunk = content.next()) {
    left -= chunk->view().size();
    write_bytes(chunk->view(), left);
  }
  write_bytes(Bytes(in_tar_blocks(end_) - end_));
}

void TarStream::write_bytes(ByteView bytes, std::uint64_t more) {
  if (is_broken_) throw Error(ErrorCode::kOther, what_ + " was broken off");
  is_broken_ = true;
  write_file(fd_, bytes, what_, more);
  is_broken_ = false;
  end_ += bytes.size();
}

void TarStream::finish(const std::vector<std::pair<std::string, std::string>>& documents) {
  for (const auto& [name, text] : documents) {
    MemorySource content(to_bytes(as_bytes(text)));
    write_member(name, text.size(), content);
  }
  write_bytes(Bytes(2 * kTarBlock));
}

}  // namespace imgcrypt
