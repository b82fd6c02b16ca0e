#include "keyprovider/key_places.hpp"

#include "base/process/fd.hpp"
#include "keys/named_file.hpp"
#include "keywrap/provider/provider_protocol.hpp"

#include <algorithm>
#include <filesystem>

namespace imgcrypt::keyprovider {

namespace fs = std::filesystem;

std::vector<std::string> key_files_in(const std::string& directory) {
  std::error_code error;
  std::vector<std::string> files;
  for (fs::directory_iterator entry(directory, error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    std::error_code vanished;
    if (entry->path().extension() == ".key" && entry->is_regular_file(vanished))
      files.push_back(entry->path().string());
  }
  if (error) throw Error(ErrorCode::kNotFound, directory + ": " + error.message());
  // Directories list in any order; messages must not.
  std::ranges::sort(files);
  return files;
}

std::vector<std::string> named_by(const std::vector<std::string>& parameters) {
  std::vector<std::string> named;
  std::ranges::copy_if(parameters, std::back_inserter(named),
                       [](const std::string& parameter) { return parameter != kProviderEnabled; });
  return named;
}

SecretBytes read_key_file(const std::string& file, std::size_t limit) {
  try {
    return read_secret_file(file, limit);
  } catch (const Error& error) {
    const bool is_missing = error.code() == ErrorCode::kNotFound && error.hint().empty();
    if (error.code() == ErrorCode::kCancelled) throw;
    throw Error(ErrorCode::kUsage, error.message(), is_missing ? hint_for_missing_file(file) : error.hint());
  }
}

}  // namespace imgcrypt::keyprovider
