// A home directory of GnuPG for one request, so that the keys of files get into no keyring and to no agent of
// the user's. Whatever happens to this process, its agent ends and the directory is removed. One thread.
#pragma once

#include "base/process/fd.hpp"

#include <sys/types.h>

#include <string>

namespace imgcrypt::keyprovider::pgp {

// A new directory of mode 0700 that is gone when this is, also if this process is killed.
class FleetingDirectory {
 public:
  // Below `base`, from which it first removes those that killed processes left there after all. Throws kOther
  // if it cannot be made.
  explicit FleetingDirectory(const std::string& base);
  ~FleetingDirectory();
  FleetingDirectory(const FleetingDirectory&) = delete;
  FleetingDirectory& operator=(const FleetingDirectory&) = delete;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
  Fd lock_;     // on the directory: nobody takes it for a killed process's
  Fd our_end_;  // of the pipe at which the process waits that removes it
  pid_t remover_ = -1;
};

enum class Agent {
  kNone,     // for public keys: no program is started
  kRunning,  // for secret ones: an agent that asks nobody; GPGME gives it the passphrases
};

class PrivateHome {
 public:
  // Throws as FleetingDirectory, kOther if the agent cannot be started.
  PrivateHome(const std::string& base, Agent agent);
  ~PrivateHome();
  PrivateHome(const PrivateHome&) = delete;
  PrivateHome& operator=(const PrivateHome&) = delete;

  [[nodiscard]] const std::string& path() const noexcept { return directory_.path(); }

 private:
  FleetingDirectory directory_;
  pid_t agent_ = -1;  // ends before its directory is removed
};

// The first of these that is there and ours to write to: the user's runtime directory and /dev/shm, if they
// are in memory; the folder for temporary files.
[[nodiscard]] std::string base_for_homes();

}  // namespace imgcrypt::keyprovider::pgp
