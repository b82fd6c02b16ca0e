#include "node/daemons/key_list.hpp"

#include "base/process/fd.hpp"
#include "node/daemons/decoder_setup.hpp"
#include "node/daemons/file_edit.hpp"
#include "node/daemons/key_store.hpp"
#include "node/daemons/whole_file.hpp"

#include <imgcrypt/error.hpp>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <sstream>

namespace imgcrypt {
namespace {

// Beside it, since everything in the directory counts as a key.
std::string list_of(const std::string& directory) { return directory + ".imgcrypt"; }

}  // namespace

std::vector<std::string> listed_keys(const std::string& directory) {
  const std::string path = list_of(directory);
  const auto content = content_of(path, {});
  check_own(path, content);
  std::istringstream lines(content.value_or(""));
  std::vector<std::string> names;
  std::string line;
  std::getline(lines, line);  // the mark
  while (std::getline(lines, line)) {
    if (!is_key_name(line))
      throw Error(ErrorCode::kRefused, path + " names \"" + line + "\", which is not a key",
                  "remove that line");
    names.push_back(line);
  }
  std::ranges::sort(names);
  return names;
}

void list_keys(const std::string& directory, const std::vector<std::string>& names) {
  const std::string path = list_of(directory);
  if (names.empty()) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) throw errno_error("remove " + path);
    return;
  }
  std::string text = own_mark("imgcrypt config keys");
  for (const std::string& name : names) text += name + "\n";
  write_whole_file(path, as_bytes(text), {}, 0600);
}

}  // namespace imgcrypt
