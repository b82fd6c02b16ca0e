// The names of keys in confidential-containers: kbs://[ADDRESS]/REPOSITORY/TYPE/TAG for resources of a key
// broker, and kbs+PLUGIN://... for what one of its plug-ins keeps. Immutable values.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace imgcrypt::keyprovider::coco {

class KeyId {
 public:
  // Accepts what the confidential-data-hub can read, in the one spelling that needs no normalising, up to 1
  // KiB. Throws kUsage with the reason.
  static KeyId parse(std::string_view text);

  // As it was given to parse(), which is what packets contain: names are compared as bytes.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  // REPOSITORY/TYPE/TAG of a resource, which is safe as a relative path: three names, none of which is "." or
  // "..". nullopt if a plug-in keeps the key.
  [[nodiscard]] std::optional<std::string> resource_path() const;

 private:
  KeyId(std::string text, std::string path, bool is_resource)
      : text_(std::move(text)), path_(std::move(path)), is_resource_(is_resource) {}

  std::string text_;
  std::string path_;
  bool is_resource_;
};

}  // namespace imgcrypt::keyprovider::coco
