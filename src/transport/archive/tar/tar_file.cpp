#include "transport/archive/tar/tar_file.hpp"

#include "base/cancel.hpp"
#include "base/process/fd.hpp"
#include "transport/archive/tar/tar_header.hpp"
#include "transport/files/blob_faults.hpp"
#include "transport/files/hashing_sink.hpp"

#include <unistd.h>

#include <algorithm>

namespace imgcrypt {

void TarFile::plan(const std::vector<BlobInfo>& blobs) {
  const std::scoped_lock lock(mutex_);
  for (const BlobInfo& blob : blobs) add_place(blob);
}

bool TarFile::has(const Digest& digest) {
  const std::scoped_lock lock(mutex_);
  return put_.contains(digest);
}

TarFile::Place& TarFile::add_place(const BlobInfo& info) {
  // Its length is known before its name is.
  const Digest some_digest = Digest::of({}, algorithm_of(info));
  const std::uint64_t header = tar_header(name_of_(some_digest, info.media_type), info.size).size();
  places_.push_back({info, header, end_ + header, State::kFree, std::nullopt});
  end_ += header + in_tar_blocks(info.size);
  return places_.back();
}

TarFile::Place& TarFile::take_place(const BlobInfo& info) {
  const std::scoped_lock lock(mutex_);
  const auto free = std::ranges::find_if(places_, [&](const Place& place) {
    return place.state == State::kFree && is_same_blob(place.info, info);
  });
  Place& place = free != places_.end() ? *free : add_place(info);
  place.state = State::kTaken;
  return place;
}

Digest TarFile::put(const BlobInfo& info, Source& content) {
  Place& place = take_place(info);
  try {
    HashingSink sink(fd_, {place.content, info.size}, algorithm_of(info), what_, info.size);
    pump(content, sink);
    const Digest digest = sink.finish();
    require_content(info.digest, info.size, digest, sink.written());
    const std::scoped_lock lock(mutex_);
    place.state = put_.insert(digest).second ? State::kWhole : State::kFree;
    place.digest = digest;
    return digest;
  } catch (...) {
    const std::scoped_lock lock(mutex_);
    place.state = State::kFree;
    throw;
  }
}

void TarFile::move_content(const Place& place, std::uint64_t to) const {
  Bytes buffer(kChunkSize);
  for (std::uint64_t done = 0; done < place.info.size;) {
    throw_if_cancelled();
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), place.info.size - done));
    const std::size_t size =
        read_some_at(fd_, MutableByteView(buffer).first(wanted), place.content + done, what_);
    if (size == 0) throw Error(ErrorCode::kOther, what_ + " became shorter while it was written");
    write_file_at(fd_, ByteView(buffer).first(size), to + done, what_);
    done += size;
  }
}

void TarFile::finish(const std::vector<std::pair<std::string, std::string>>& documents) {
  std::uint64_t end = 0;
  const auto write = [&](ByteView bytes) {
    write_file_at(fd_, bytes, end, what_);
    end += bytes.size();
  };
  const auto pad = [&] { write(Bytes(in_tar_blocks(end) - end)); };
  for (const Place& place : places_) {
    if (place.state != State::kWhole) continue;
    // Only towards the beginning, so that nothing is overwritten that is still needed.
    if (place.content != end + place.header_size) move_content(place, end + place.header_size);
    write(tar_header(name_of_(*place.digest, place.info.media_type), place.info.size));
    end += place.info.size;
    pad();
  }
  for (const auto& [name, text] : documents) {
    write(tar_header(name, text.size()));
    write(as_bytes(text));
    pad();
  }
  write(Bytes(2 * kTarBlock));
  if (::ftruncate(fd_, static_cast<off_t>(end)) != 0) throw errno_error(what_);
}

}  // namespace imgcrypt
