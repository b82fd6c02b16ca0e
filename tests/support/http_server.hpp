// A server of HTTP on loopback, for tests: each request is answered with the very bytes that a function
// returns, and the connection is closed unless they say that it is kept.
#pragma once

#include "base/process/fd.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace imgcrypt::test {

struct ServerRequest {
  std::string method;
  std::string target;                          // path and query
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  [[nodiscard]] std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
};

// "HTTP/1.1 200 X", the headers, `Content-Length`, and the body. The connection is closed.
inline std::string answer(int status, const std::vector<std::string>& headers = {},
                          const std::string& body = {}) {
  std::string text = "HTTP/1.1 " + std::to_string(status) + " X\r\nConnection: close\r\n";
  for (const std::string& header : headers) text += header + "\r\n";
  if (status != 204) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + body;
}

// The same answer on a connection that is kept.
inline std::string keeping(std::string text) {
  constexpr std::string_view kClose = "Connection: close";
  return text.replace(text.find(kClose), kClose.size(), "Connection: keep-alive");
}

class HttpServer {
 public:
  using Handler = std::function<std::string(const ServerRequest&)>;

  explicit HttpServer(Handler handler)
      : handler_(std::move(handler)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_.get(), 64), 0);
    socklen_t size = sizeof address;
    EXPECT_EQ(::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    accepting_ = std::thread([this] { accept_all(); });
  }
  ~HttpServer() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    accepting_.join();
    for (std::thread& serving : serving_) serving.join();
  }
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  [[nodiscard]] std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
  // "METHOD TARGET" of each request, in their order.
  [[nodiscard]] std::vector<std::string> requests() {
    const std::scoped_lock lock(mutex_);
    return requests_;
  }

 private:
  void accept_all() {
    while (true) {
      const int socket = ::accept(listener_.get(), nullptr, nullptr);
      if (socket < 0) return;
      serving_.emplace_back([this, socket] { serve(Fd(socket)); });
    }
  }

  void serve(const Fd& socket) {
    while (answer_one(socket)) {
    }
  }

  // Whether another request may follow. An answer in plain text tells a client that tries TLS that there is
  // none.
  bool answer_one(const Fd& socket) {
    std::string text;
    while (text.find("\r\n\r\n") == std::string::npos) {
      if (!receive(socket, text)) return false;
      if (text.front() == 0x16) return send(socket, answer(400));
    }
    ServerRequest request = parse(text.substr(0, text.find("\r\n\r\n")));
    request.body = text.substr(text.find("\r\n\r\n") + 4);
    const std::string length = request.header("content-length");
    const std::size_t size = length.empty() ? 0 : std::stoul(length);
    while (request.body.size() < size && receive(socket, request.body)) {
    }
    std::string bytes;
    {
      const std::scoped_lock lock(mutex_);
      requests_.push_back(request.method + " " + request.target);
      bytes = handler_(request);
    }
    return send(socket, bytes);
  }

  static ServerRequest parse(const std::string& head) {
    ServerRequest request;
    const std::size_t space = head.find(' ');
    request.method = head.substr(0, space);
    request.target = head.substr(space + 1, head.find(' ', space + 1) - space - 1);
    std::size_t at = head.find("\r\n");
    while (at != std::string::npos) {
      const std::size_t end = std::min(head.find("\r\n", at + 2), head.size());
      const std::string line = head.substr(at + 2, end - at - 2);
      std::string name = line.substr(0, line.find(':'));
      std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
      request.headers[name] = line.substr(std::min(line.size(), line.find(':') + 2));
      at = end == head.size() ? std::string::npos : end;
    }
    return request;
  }

  static bool receive(const Fd& socket, std::string& text) {
    std::array<char, 65536> piece{};
    const auto size = ::recv(socket.get(), piece.data(), piece.size(), 0);
    if (size <= 0) return false;
    text.append(piece.data(), static_cast<std::size_t>(size));
    return true;
  }

  // Whether the connection is kept.
  static bool send(const Fd& socket, const std::string& bytes) {
    for (std::size_t sent = 0; sent < bytes.size();) {
      const auto size = ::send(socket.get(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (size <= 0) return false;
      sent += static_cast<std::size_t>(size);
    }
    if (bytes.find("\r\nConnection: keep-alive\r\n") != std::string::npos) return true;
    ::shutdown(socket.get(), SHUT_WR);
    return false;
  }

  Handler handler_;
  Fd listener_;
  int port_ = 0;
  std::mutex mutex_;
  std::vector<std::string> requests_;
  std::vector<std::thread> serving_;
  std::thread accepting_;
};

}  // namespace imgcrypt::test
