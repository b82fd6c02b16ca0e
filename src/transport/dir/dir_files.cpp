#include "transport/dir/dir_files.hpp"

namespace imgcrypt {

bool is_dir_file(std::string_view name) {
  constexpr std::string_view kDocument = ".manifest.json";
  constexpr std::string_view kSignature = "signature-";
  if (name.ends_with(kDocument)) name.remove_suffix(kDocument.size());
  if (Digest::parse_if_valid("sha256:" + std::string(name))) return true;
  if (Digest::parse_if_valid("sha512:" + std::string(name))) return true;
  return name.starts_with(kSignature) &&
         name.find_first_not_of("0123456789", kSignature.size()) == std::string_view::npos;
}

}  // namespace imgcrypt
