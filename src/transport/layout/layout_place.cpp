#include "transport/layout/layout_place.hpp"

#include "base/text/json.hpp"
#include "oci/digest.hpp"
#include "transport/files/new_place.hpp"
#include "transport/files/pending_file.hpp"
#include "transport/layout/layout_directory.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace imgcrypt {
namespace {

namespace fs = std::filesystem;

// Bytes of an oci-layout file. Real ones have about thirty.
constexpr std::size_t kMostVersionBytes = 4096;
constexpr const char* kVersionCure =
    "if it is one, its oci-layout file must say {\"imageLayoutVersion\":\"1.0.0\"}";

[[noreturn]] void refuse(ErrorCode code, const ImageName& destination, const std::string& why,
                         const std::string& hint = "choose another destination") {
  throw Error(code, "destination " + destination.string() + ": " + why, hint);
}

// OCI image specification, "Image Layout", oci-layout file.
bool has_version_file(const LayoutDirectory& directory) {
  const auto file = open_regular_file(directory.fd(), "oci-layout");
  if (!file) return false;
  try {
    const Bytes bytes = read_all(file->get(), kMostVersionBytes, "oci-layout");
    check_json(as_text(bytes));
    return JsonView(as_text(bytes)).get("imageLayoutVersion").string().starts_with("1.");
  } catch (const Error&) {
    return false;
  }
}

bool is_begun_blob(const fs::directory_entry& entry) {
  const std::string name = entry.path().filename();
  const std::string algorithm = entry.path().parent_path().filename();
  return name.starts_with(kTemporaryPrefix) || Digest::parse_if_valid(algorithm + ":" + name);
}

bool are_begun_blobs(const fs::directory_entry& blobs) {
  return blobs.is_directory() &&
         std::ranges::all_of(fs::directory_iterator(blobs), [](const fs::directory_entry& algorithm) {
           return algorithm.is_directory() &&
                  std::ranges::all_of(fs::directory_iterator(algorithm), is_begun_blob);
         });
}

// As it is while another writer makes it a layout.
bool is_empty_or_begun(const std::string& path) {
  return std::ranges::all_of(fs::directory_iterator(path), [](const fs::directory_entry& entry) {
    const std::string name = entry.path().filename();
    return name.starts_with(kTemporaryPrefix) || (name == "blobs" && are_begun_blobs(entry));
  });
}

void require_layout(const ImageName& destination) {
  const LayoutDirectory directory(destination.path);
  // In this order: another writer may add the file in between.
  if (is_empty_or_begun(destination.path) || has_version_file(directory)) return;
  refuse(ErrorCode::kRefused, destination,
         "the directory is not empty, and is not an image layout: it has no sound oci-layout file",
         directory.has_index() ? kVersionCure : "choose a new or empty directory, or an image layout");
}

// By its real path, since links may lead there. Only its existing part can be real.
void require_outside_blobs(const ImageName& destination) {
  std::error_code failure;
  for (fs::path path = fs::weakly_canonical(fs::absolute(destination.path, failure), failure);
       path.has_relative_path(); path = path.parent_path()) {
    if (path.filename() != "blobs" || !fs::exists(path.parent_path() / "oci-layout", failure)) continue;
    refuse(ErrorCode::kRefused, destination,
           "it is inside the blobs of the image layout " + path.parent_path().string());
  }
}

}  // namespace

void require_layout_version(const std::string& path) {
  if (has_version_file(LayoutDirectory(path))) return;
  throw Error(ErrorCode::kRefused, "oci:" + path + " is not an image layout: it has no sound oci-layout file",
              kVersionCure);
}

void refuse_unwritable_tag(const ImageName& reference) {
  const std::string& directory = reference.path;
  std::error_code failure;
  if (fs::exists(directory, failure)) return;
  for (std::size_t colon = directory.find(':'); colon != std::string::npos;
       colon = directory.find(':', colon + 1)) {
    const std::string layout = directory.substr(0, colon);
    if (!fs::exists(layout + "/index.json", failure) && !fs::exists(layout + "/oci-layout", failure))
      continue;
    throw Error(
        ErrorCode::kUsage,
        "reference \"" + reference.string() + "\": \"" + directory.substr(colon + 1) + "\" cannot be a tag",
        std::string(kTagRule) + "; oci:" + layout +
            ":@N names an image by its position, which imgcrypt tags oci:" + layout + " shows");
  }
}

void require_place(const ImageName& destination) {
  refuse_unwritable_tag(destination);
  std::error_code failure;
  const fs::file_status status = fs::status(destination.path, failure);
  if (failure == std::errc::too_many_symbolic_link_levels)
    refuse(ErrorCode::kUsage, destination, "its symbolic links lead in a circle");
  if (status.type() == fs::file_type::not_found) {
    refuse_mistaken_tag(destination);
    require_new_place(destination.string(), destination.path);
  } else if (failure) {
    refuse(ErrorCode::kOther, destination, failure.message());
  } else if (!fs::is_directory(status)) {
    refuse(ErrorCode::kUsage, destination, destination.path + " is not a directory");
  } else if (is_virtual(destination.path)) {
    refuse(ErrorCode::kUsage, destination, destination.path + " is not on a file system that holds files");
  } else {
    require_layout(destination);
  }
  require_outside_blobs(destination);
}

}  // namespace imgcrypt
