#include "cli/write/digest_file_option.hpp"

#include "base/process/fd.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

namespace imgcrypt::cli {

void DigestFileOption::add_to(CLI::App& command) {
  command.add_option("--digestfile", file, "also write the digest of the new image to FILE")
      ->type_name("FILE");
}

void DigestFileOption::check() const {
  if (file.empty()) return;
  std::error_code none;
  if (std::filesystem::is_directory(file, none))
    throw Error(ErrorCode::kUsage, "--digestfile " + file + ": it is a directory",
                "give --digestfile the name of a file");
  // access() asks for the real user, who started us. A new file needs a directory that can be written.
  const bool exists = ::access(file.c_str(), F_OK) == 0;
  const std::filesystem::path folder = std::filesystem::absolute(file).parent_path();
  if (::access(exists ? file.c_str() : folder.c_str(), W_OK) == 0) return;
  const Error error = errno_error("--digestfile " + file);
  throw Error(ErrorCode::kUsage, error.message(), "give --digestfile a file that you can write");
}

void DigestFileOption::write(const Digest& digest) const try {
  if (file.empty()) return;
  // Written in place, not renamed into it: it may be /dev/fd/N or a pipe that a script waits at.
  const Fd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!fd.is_open()) throw errno_error(file);
  write_all(fd.get(), as_bytes(digest.string()), file);
} catch (const Error& error) {
  if (error.code() == ErrorCode::kCancelled) throw;
  // Not kNotFound: it is not the image that is missing.
  throw Error(ErrorCode::kOther, "--digestfile " + error.message(),
              "the image is complete; its digest is " + digest.string());
}

}  // namespace imgcrypt::cli
