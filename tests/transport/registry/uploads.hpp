// A registry that takes uploads, whose faults a test sets.
#pragma once

#include "oci/digest.hpp"
#include "support/http_server.hpp"

#include <functional>
#include <set>
#include <string>

namespace imgcrypt::test {

// What a registry keeps of the last upload that was begun; faults are set by the tests.
struct Uploads {
  std::string bytes;
  std::string name;            // the first part of its path
  std::set<std::string> open;  // all that are neither finished nor deleted
  int count = 0;
  std::string stored;  // what the PUT brought to an end
  int patches = 0;
  int patches_of_this = 0;
  bool keeps_connections = false;
  std::string tag_digest;  // what the tag leads to; empty: nothing
  std::string tagged;      // the manifest that was put under the tag

  // What becomes of the given PATCH (from 1) instead of the usual; empty: the usual.
  std::function<std::string(int patch, const ServerRequest& request)> fault = [](int, const ServerRequest&) {
    return std::string();
  };
  // The same for the given PUT.
  std::function<std::string(int put, const ServerRequest& request)> fault_of_put =
      [](int, const ServerRequest&) { return std::string(); };
  int puts = 0;

  [[nodiscard]] std::string accepted() const {
    const std::string last = std::to_string(bytes.empty() ? 0 : bytes.size() - 1);
    return answer(202, {"Location: " + name + std::to_string(patches), "Range: 0-" + last});
  }

  std::string operator()(const ServerRequest& request) {
    std::string text = answered(request);
    return keeps_connections && !text.empty() ? keeping(std::move(text)) : text;
  }

  std::string answered(const ServerRequest& request) {
    if (request.target == "/v2/") return answer(200);
    if (request.target.find("/manifests/") != std::string::npos) return manifest(request);
    if (request.method == "POST") {
      name = "/up/" + std::to_string(++count) + "/";
      open.insert(name);
      bytes.clear();
      patches_of_this = 0;
      return answer(202, {"Location: " + name + "first"});
    }
    if (request.target.starts_with("/up/")) return upload(request);
    return answer(404);
  }

  std::string upload(const ServerRequest& request) {
    const std::string meant = request.target.substr(0, request.target.rfind('/') + 1);
    if (request.method == "DELETE") return answer(open.erase(meant) > 0 ? 204 : 404);
    if (meant != name || !open.contains(name)) return answer(404);
    if (request.method == "GET")
      return answer(204, {"Location: " + name + "again",
                          "Range: 0-" + std::to_string(bytes.empty() ? 0 : bytes.size() - 1)});
    if (request.method == "PATCH") {
      ++patches;
      ++patches_of_this;
      if (std::string other = fault(patches, request); !other.empty()) return other == "broken" ? "" : other;
      const std::string range = request.header("content-range");
      if (!range.empty() && range.find(std::to_string(bytes.size()) + "-") != 0) return answer(416);
      bytes += request.body;
      return accepted();
    }
    ++puts;
    if (std::string other = fault_of_put(puts, request); !other.empty())
      return other == "broken" ? "" : other;
    stored = bytes + request.body;
    open.erase(name);
    return answer(201);
  }

  std::string manifest(const ServerRequest& request) {
    const bool is_tag = request.target.ends_with("/t");
    if (request.method == "PUT") {
      if (is_tag) {
        tagged = request.body;
        tag_digest = Digest::of(as_bytes(tagged)).string();
      }
      return answer(201);
    }
    if (!is_tag || tag_digest.empty()) return answer(404);
    return "HTTP/1.1 200 X\r\nConnection: close\r\nDocker-Content-Digest: " + tag_digest + "\r\n\r\n";
  }
};

}  // namespace imgcrypt::test
