#include "image/change/content_notes.hpp"

#include "oci/media_types.hpp"

namespace imgcrypt {
namespace {

Compression compression_of(std::string_view media_type) {
  if (media_type.ends_with("+gzip")) return Compression::kGzip;
  return media_type.ends_with("+zstd") ? Compression::kZstd : Compression::kNone;
}

std::string name_of(Compression compression) {
  switch (compression) {
    case Compression::kNone:
      return "not compressed";
    case Compression::kGzip:
      return "compressed with gzip";
    case Compression::kZstd:
      return "compressed with zstd";
  }
  return {};
}

}  // namespace

void ContentNotes::add_compression(const std::string& place, std::string_view media_type, Compression found) {
  if (!is_plain_layer(media_type) || compression_of(media_type) == found) return;
  const std::scoped_lock lock(mutex_);
  compressions_.insert(place + ": its content is " + name_of(found) + ", but its media type is " +
                       std::string(media_type));
}

void ContentNotes::add_trailing_bytes(const std::string& place, const DiffId& found) {
  const auto note = trailing_note(found);
  if (!note) return;
  const std::scoped_lock lock(mutex_);
  trailing_bytes_.insert(place + ": " + *note);
}

void ContentNotes::add_renewed(const std::set<std::string>& recipients) {
  const std::scoped_lock lock(mutex_);
  for (const std::string& recipient : recipients)
    renewed_.insert("already a recipient: " + recipient +
                    "; it gets a new packet in the place of the old one");
}

void ContentNotes::say(Reporter& reporter) const {
  reporter.say_of_all(Importance::kNote, {renewed_.begin(), renewed_.end()},
                      "are already recipients: they get new packets in the place of the old ones");
  reporter.say_of_all(Importance::kNote, {trailing_bytes_.begin(), trailing_bytes_.end()},
                      "layers have bytes after the end of their gzip data, which are ignored; containerd "
                      "unpacks such layers only where unpigz is installed");
  reporter.say_of_all(Importance::kNote, {compressions_.begin(), compressions_.end()},
                      "layers are not compressed as their media types say");
}

}  // namespace imgcrypt
