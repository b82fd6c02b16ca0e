#include "node/daemons/file_edit.hpp"

#include "base/process/fd.hpp"
#include "node/daemons/toml_text.hpp"
#include "node/daemons/whole_file.hpp"

#include <imgcrypt/error.hpp>

#include <unistd.h>

#include <filesystem>

namespace imgcrypt {
namespace {

namespace fs = std::filesystem;

void put(const FileEdit& edit, const std::optional<std::string>& content, const std::string& below) {
  const std::string path = below + edit.path;
  if (!content) {
    if (::unlink(path.c_str()) != 0) throw errno_error("remove " + path);
    ::rmdir(fs::path(path).parent_path().c_str());  // fails if something is left in it
    return;
  }
  make_directories(fs::path(path).parent_path(), 0755);
  write_whole_file(path, as_bytes(*content), edit.like.empty() ? path : below + edit.like, 0644);
}

void apply_one(const FileEdit& edit, const std::string& below) {
  if (!fs::path(edit.path).is_absolute()) throw Error(ErrorCode::kUsage, edit.path + " is not absolute");
  if (content_of(edit.path, below) != edit.before)
    throw Error(ErrorCode::kRefused, edit.path + " was changed by somebody else meanwhile", "try again");
  put(edit, edit.after, below);
}

// Back to what it was.
void undo(const FileEdits& edits, std::size_t count, const std::string& below, const Error& failure) {
  while (count-- > 0) {
    if (!edits[count].changes()) continue;
    try {
      put(edits[count], edits[count].before, below);
    } catch (const Error& error) {
      throw Error(failure.code(),
                  failure.message() + "; " + edits[count].path + " was changed already: " + error.message(),
                  failure.hint());
    }
  }
}

}  // namespace

std::optional<std::string> content_of(const std::string& path, const std::string& below) {
  const std::string file = below + path;
  if (::access(file.c_str(), F_OK) != 0) return std::nullopt;
  return read_config_file(file);
}

void apply(const FileEdits& edits, const std::string& below) {
  for (std::size_t at = 0; at < edits.size(); ++at) {
    if (!edits[at].changes()) continue;
    try {
      apply_one(edits[at], below);
    } catch (const Error& error) {
      undo(edits, at, below, error);
      throw;
    }
  }
}

std::string backup_of(const std::string& path) { return path + ".before-imgcrypt"; }

}  // namespace imgcrypt
