#include "node/layer_descriptors.hpp"

#include "base/cancel.hpp"
#include "base/process/fd.hpp"
#include "layer/wrapped_keys.hpp"
#include "oci/manifest.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <functional>
#include <tuple>

namespace imgcrypt {
namespace {

// What is larger is most often a layer. Only the order of reading depends on it.
constexpr off_t kLargeDocument = 256 * 1024;  // bytes

// An object, or the white space before it (RFC 8259, section 2): gzip, zstd and tar begin otherwise.
bool may_begin_json(std::uint8_t byte) {
  return byte == '{' || byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r';
}

// A document's text if it may name the layer. Most blobs are layers: the first byte tells.
std::optional<std::string> read_text(const std::string& path, const Digest& layer, std::string& refusal) {
  const Fd file = open_regular_file(path, &refusal);
  std::array<std::uint8_t, 1> first{};
  if (!file.is_open() || read_some_at(file.get(), first, 0, path) == 0 || !may_begin_json(first[0]))
    return std::nullopt;
  // The digits are looked for before anything is parsed, which would take longer: few documents have them.
  const Bytes bytes = read_all(file.get(), kMostDocumentBytes, path);
  if (as_text(bytes).find(layer.hex()) == std::string_view::npos) return std::nullopt;
  return std::string(as_text(bytes));
}

std::vector<Descriptor> descriptors_in(const std::string& path, const Digest& layer, std::string& refusal) {
  try {
    const auto text = read_text(path, layer, refusal);
    if (!text) return {};
    std::vector<Descriptor> found = find_layer(*text, layer);
    std::erase_if(found, [](const Descriptor& d) { return !has_encryption_annotations(d.annotations); });
    return found;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) throw;
    return {};  // some other JSON: the store holds all kinds
  }
}

// With lengths, so that no two different descriptors are written alike.
void append(std::string& text, const std::string& part) { text += std::to_string(part.size()) + ":" + part; }

// Other annotations play no part in decryption: they must not make one descriptor look like many.
Digest identity(const Descriptor& descriptor) {
  std::string text = std::to_string(descriptor.size) + " ";
  append(text, descriptor.media_type);
  for (const auto& [name, value] : descriptor.annotations) {
    if (!name.starts_with(kEncryptionPrefix)) continue;
    append(text, name);
    append(text, value);
  }
  return Digest::of(as_bytes(text));
}

}  // namespace

std::optional<Descriptor> LayerDescriptors::next() {
  const auto start = SearchClock::now();
  // Only the time in here counts: between two calls a whole blob may be read.
  auto descriptor = is_over_ ? std::nullopt : advance(start);
  time_left_ -= SearchClock::now() - start;
  return descriptor;
}

std::optional<Descriptor> LayerDescriptors::advance(SearchClock::time_point start) {
  // However slow the listing, there is time to read the newest documents.
  if (documents_.empty() && in_document_.empty()) list_new_documents(start + time_left_ / 2);
  while (true) {
    throw_if_cancelled();
    while (!in_document_.empty()) {
      Descriptor descriptor = std::move(in_document_.back());
      in_document_.pop_back();
      if (!given_.insert(identity(descriptor)).second) continue;
      // The one too many is not given: it only shows that there are more.
      if (given_.size() > kMost)
        return end("the search ended after " + std::to_string(kMost) + " descriptors");
      return descriptor;
    }
    if (documents_.empty()) return std::nullopt;
    if (SearchClock::now() > start + time_left_) return end(kOutOfTime);
    in_document_ = descriptors_in(listed_[documents_.back().listed], layer_, refusal_);
    std::ranges::reverse(in_document_);
    documents_.pop_back();
  }
}

std::optional<Descriptor> LayerDescriptors::end(std::string limit) {
  cut_short_ = std::move(limit);
  is_over_ = true;
  return std::nullopt;
}

void LayerDescriptors::list_new_documents(SearchClock::time_point deadline) {
  BlobList list = store_.list(deadline);
  cut_short_ = std::move(list.cut_short);
  std::ranges::sort(listed_);  // mostly there are none yet. No document points into it now
  const auto known = static_cast<std::ptrdiff_t>(listed_.size());
  for (std::string& path : list.paths) {
    throw_if_cancelled();
    if (SearchClock::now() > deadline) {
      cut_short_ = kOutOfTime;
      break;
    }
    if (std::binary_search(listed_.begin(), listed_.begin() + known, path)) continue;
    struct stat status = {};
    if (::lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
        static_cast<std::size_t>(status.st_size) <= kMostDocumentBytes)
      documents_.push_back({status.st_size > kLargeDocument, status.st_mtim, listed_.size()});
    // Also what is not a document: it will not become one.
    listed_.push_back(std::move(path));
  }
  // Descending, as the next one is taken from the back: small before large, then the newest, which is most
  // likely the image that is being started.
  std::ranges::sort(documents_, std::greater(), [](const Document& document) {
    return std::tuple(document.is_large, -document.modified.tv_sec, -document.modified.tv_nsec);
  });
}

}  // namespace imgcrypt
