// The names of keys in confidential-containers: kbs://[ADDRESS]/REPOSITORY/TYPE/TAG, and
// kbs+PLUGIN://... for what a plug-in of the key broker holds.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace imgcrypt::keyprovider::coco {

class KeyId {
 public:
  // Takes what the confidential-data-hub reads, in the one spelling that needs no normalising. Throws kUsage
  // with the reason.
  static KeyId parse(std::string_view text);

  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  // REPOSITORY/TYPE/TAG of a plain resource, safe as a relative path; nullopt: a plug-in holds it.
  [[nodiscard]] std::optional<std::string> resource_path() const;

 private:
  KeyId(std::string text, std::string path, bool is_resource)
      : text_(std::move(text)), path_(std::move(path)), is_resource_(is_resource) {}

  std::string text_;
  std::string path_;
  bool is_resource_;
};

}  // namespace imgcrypt::keyprovider::coco
