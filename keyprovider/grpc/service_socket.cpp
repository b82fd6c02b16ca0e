#include "keyprovider/grpc/service_socket.hpp"

#include <imgcrypt/error.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace imgcrypt::keyprovider::remote {
namespace {

bool somebody_listens(const std::string& path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::ranges::copy(path, std::begin(name.sun_path));
  const Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&name), sizeof(name)) == 0;
}

[[noreturn]] void fail_as_taken(const std::string& path) {
  throw Error(ErrorCode::kUsage, path + ": another program listens there", "end it, or use another path");
}

}  // namespace

ServiceSocket::ServiceSocket(std::string path)
    : path_(std::move(path)), made_name_(".grpc-" + std::to_string(::getpid())) {
  const std::size_t slash = path_.rfind('/');
  const bool is_here = slash == std::string::npos;
  name_ = is_here ? path_ : path_.substr(slash + 1);
  const std::string directory = is_here ? "." : path_.substr(0, slash + 1);
  directory_ = Fd(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (directory_.get() < 0) {
    throw Error(
        ErrorCode::kUsage,
        "cannot listen on " + path_ + ": " + directory + ": " + std::generic_category().message(errno),
        "make the directory, or use another path");
  }
  make_room();
}

ServiceSocket::~ServiceSocket() {
  struct stat status = {};
  const bool is_ours = inode_ != 0 &&
                       ::fstatat(directory_.get(), name_.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
                       status.st_dev == device_ && status.st_ino == inode_;
  if (is_ours) ::unlinkat(directory_.get(), name_.c_str(), 0);
}

// By the directory's descriptor: names of sockets are short, and the path may already be as long as one can
// be.
std::string ServiceSocket::target() const {
  return "unix:/proc/self/fd/" + std::to_string(directory_.get()) + "/" + made_name_;
}

void ServiceSocket::publish() {
  struct stat status = {};
  const bool is_made =
      ::fstatat(directory_.get(), made_name_.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
      ::linkat(directory_.get(), made_name_.c_str(), directory_.get(), name_.c_str(), 0) == 0;
  const int error = errno;
  ::unlinkat(directory_.get(), made_name_.c_str(), 0);
  if (!is_made && error == EEXIST) fail_as_taken(path_);
  if (!is_made)
    throw Error(ErrorCode::kUsage,
                "cannot listen on " + path_ + ": " + std::generic_category().message(error));
  device_ = status.st_dev;
  inode_ = status.st_ino;
}

void ServiceSocket::make_room() const {
  struct stat status = {};
  if (::lstat(path_.c_str(), &status) != 0) return;
  if (!S_ISSOCK(status.st_mode)) throw Error(ErrorCode::kUsage, path_ + ": it exists and is not a socket");
  if (somebody_listens(path_)) fail_as_taken(path_);
  ::unlink(path_.c_str());
}

}  // namespace imgcrypt::keyprovider::remote
