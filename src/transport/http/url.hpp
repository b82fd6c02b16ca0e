// An http or https URL, parsed by libcurl, so that what is checked here is what libcurl connects to. A value.
#pragma once

#include <string>
#include <string_view>

namespace imgcrypt {

class Url {
 public:
  // Throws kRegistry for what is not an absolute http or https URL, or names a user.
  static Url parse(const std::string& text);
  // What a `Location` means that came with this URL's answer: absolute or relative. Throws as parse().
  [[nodiscard]] Url resolved(const std::string& location) const;
  // With one more query parameter, whose value is encoded.
  [[nodiscard]] Url with_query(std::string_view name, std::string_view value) const;

  [[nodiscard]] const std::string& string() const noexcept { return text_; }
  [[nodiscard]] bool is_https() const noexcept { return is_https_; }
  // HOST or HOST:PORT, without the scheme's own port: for messages.
  [[nodiscard]] const std::string& authority() const noexcept { return authority_; }
  [[nodiscard]] long port() const noexcept { return port_; }
  // localhost, 127.0.0.0/8, also mapped into IPv6, or ::1: this machine itself.
  [[nodiscard]] bool is_loopback() const noexcept;
  // Same scheme, host and port: what may see each other's credentials.
  [[nodiscard]] bool has_origin_of(const Url& other) const noexcept {
    return is_https_ == other.is_https_ && authority_ == other.authority_;
  }
  // For traces: without the values of the query, which may be signatures or tokens.
  [[nodiscard]] std::string redacted() const;

 private:
  Url() = default;

  std::string text_;
  std::string authority_;
  long port_ = 0;
  bool is_https_ = false;
};

// RFC 3986, section 2.1: everything but unreserved characters becomes %XX.
[[nodiscard]] std::string percent_encoded(std::string_view text);

}  // namespace imgcrypt
