#include "transport/archive/tar/member_table.hpp"

#include "base/cancel.hpp"
#include "base/process/fd.hpp"
#include "transport/archive/tar/tar_header.hpp"
#include "transport/archive/tar/tar_input.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <vector>

namespace imgcrypt {
namespace {

constexpr int kMostLinks = 16;  // from one to the next

std::uint64_t size_of_file(int fd, const std::string& what) {
  struct stat status = {};
  if (::fstat(fd, &status) != 0) throw errno_error("stat " + what);
  return static_cast<std::uint64_t>(status.st_size);
}

// The target of a symbolic link is relative to the link, that of a hard link to the archive's root.
std::optional<std::string> target_of(struct archive_entry* entry, std::string_view name) {
  const LibArchive& library = LibArchive::get();
  if (const char* const hard = library.hardlink(entry)) return plain_member_name(hard);
  const char* const soft = library.symlink(entry);
  if (soft == nullptr) return std::nullopt;
  const std::size_t slash = name.rfind('/');
  const std::string folder(slash == std::string_view::npos ? "" : name.substr(0, slash + 1));
  return plain_member_name(*soft == '/' ? std::string(soft) : folder + soft);
}

// The headers of a tar, one after the other.
class Headers {
 public:
  Headers(int fd, const std::string& what)
      : what_(what),
        end_(size_of_file(fd, what)),
        input_(
            [this, fd](MutableByteView buffer) {
              throw_if_cancelled();
              const std::size_t size = read_some_at(fd, buffer, position_, "read " + what_);
              position_ += size;
              return size;
            },
            [this](std::uint64_t size) {
              const std::uint64_t skipped = std::min(size, end_ - std::min(position_, end_));
              position_ += skipped;
              return skipped;
            }) {
    library_.support_tar(reader_.get());
    library_.support_empty(reader_.get());
    input_.open(reader_.get());
  }

  // The same for the first one, without which it is no tar at all.
  struct archive_entry* first() try {
    return next();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kIntegrity) throw;
    throw Error(error.code(), what_ + " is not an archive of images: " + error_of(reader_.get()),
                "give a file that skopeo, podman, docker save or buildx has made; a folder is oci:DIR");
  }

  // Null at the end. Checks that the content before was where it was thought to be.
  struct archive_entry* next() {
    struct archive_entry* entry = nullptr;
    const bool is_more = input_.require(reader_.get(), library_.next_header(reader_.get(), &entry), what_);
    if (!is_more) return nullptr;
    if (next_ && *next_ != static_cast<std::uint64_t>(library_.header_position(reader_.get())))
      throw Error(ErrorCode::kRefused, what_ + ": a member is stored in pieces (a sparse file)");
    next_.reset();
    return entry;
  }

  // Of the regular file whose header was read.
  FileRange content(struct archive_entry* entry, const std::string& name) {
    const auto size = static_cast<std::uint64_t>(std::max<la_int64_t>(library_.size(entry), 0));
    const auto offset = static_cast<std::uint64_t>(library_.filter_bytes(reader_.get(), 0));
    if (library_.sparse_count(entry) > 0)
      throw Error(ErrorCode::kRefused, what_ + ": " + name + " is stored in pieces (a sparse file)");
    if (offset > end_ || size > end_ - offset)
      throw Error(ErrorCode::kIntegrity, what_ + ": the archive ends within " + name,
                  "fetch or make it again: it was cut off");
    next_ = in_tar_blocks(offset + size);
    return {offset, size};
  }

 private:
  const LibArchive& library_ = LibArchive::get();
  const std::string& what_;
  std::uint64_t end_;
  std::uint64_t position_ = 0;
  TarInput input_;
  ArchiveReader reader_{library_.read_new()};
  std::optional<std::uint64_t> next_;
};

}  // namespace

std::optional<std::string> plain_member_name(std::string_view name) {
  std::vector<std::string_view> parts;
  while (!name.empty()) {
    const std::size_t slash = std::min(name.find('/'), name.size());
    const std::string_view part = name.substr(0, slash);
    name.remove_prefix(std::min(slash + 1, name.size()));
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (parts.empty()) {
      return std::nullopt;
    } else {
      parts.pop_back();
    }
  }
  std::string plain;
  for (const std::string_view part : parts) plain.append(plain.empty() ? "" : "/").append(part);
  return plain.empty() ? std::nullopt : std::optional(plain);
}

MemberTable MemberTable::read(int fd, const std::string& what) {
  const LibArchive& library = LibArchive::get();
  MemberTable table;
  Headers headers(fd, what);
  std::size_t count = 0;
  for (auto* entry = headers.first(); entry != nullptr; entry = headers.next()) {
    if (++count > kMostMembers || table.name_bytes_ > kMostNameBytes)
      throw Error(ErrorCode::kRefused, what + " holds more files than an archive of images");
    const char* const text = library.pathname(entry);
    const auto name = plain_member_name(text == nullptr ? "" : text);
    if (const auto target = target_of(entry, name.value_or("")); name && target) {
      table.add(*name, {.content = {}, .link = target});
    } else if (library.filetype(entry) == AE_IFREG && library.hardlink(entry) == nullptr) {
      const FileRange content = headers.content(entry, name.value_or("a member"));
      if (name) table.add(*name, {.content = content, .link = std::nullopt});
    }
  }
  return table;
}

void MemberTable::add(const std::string& name, Member member) {
  name_bytes_ += name.size() + (member.link ? member.link->size() : 0);
  member.is_repeated = members_.contains(name);
  members_.insert_or_assign(name, std::move(member));
}

std::optional<FileRange> MemberTable::find(std::string_view name) const {
  auto at = members_.find(name);
  for (int links = 0; at != members_.end() && links < kMostLinks; ++links) {
    if (!at->second.link) return at->second.content;
    at = members_.find(*at->second.link);
  }
  return std::nullopt;
}

bool MemberTable::is_ambiguous(std::string_view name) const {
  const auto at = members_.find(name);
  return at != members_.end() && at->second.is_repeated;
}

}  // namespace imgcrypt
