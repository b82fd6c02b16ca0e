// The unix socket on which a service listens: what its path is before, while and after the service runs.
#pragma once

#include "base/process/fd.hpp"

#include <sys/types.h>

#include <string>

namespace imgcrypt::keyprovider::remote {

// One thread at a time.
class ServiceSocket {
 public:
  // Removes the socket of a service that was killed. Throws kUsage if the path cannot be had: somebody
  // listens there, it is something else than a socket, or its directory is missing.
  explicit ServiceSocket(std::string path);
  // Removes the path, unless it has become another's. A successor may take it while the last requests are
  // still being answered.
  ~ServiceSocket();
  ServiceSocket(const ServiceSocket&) = delete;
  ServiceSocket& operator=(const ServiceSocket&) = delete;

  // Where gRPC must listen, for it alone: a path that it binds, it also removes, whoever has it by then.
  [[nodiscard]] std::string target() const;
  // Gives the socket its own path. Throws kUsage if somebody has made it meanwhile. REQUIRES: called once,
  // when the service listens on target().
  void publish();

 private:
  void make_room() const;

  std::string path_;
  std::string name_;       // of the path, in the directory
  std::string made_name_;  // of target(), in the directory
  Fd directory_;
  dev_t device_ = 0;  // with `inode_`: the socket that was published
  ino_t inode_ = 0;   // 0: none yet
};

}  // namespace imgcrypt::keyprovider::remote
