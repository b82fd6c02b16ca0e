// A namespace of a containerd for one self-test, which goes with everything that is in it, whatever happens;
// what a killed self-test left behind goes first. Speaks to containerd through its client ctr. For the main
// thread.
#pragma once

#include "cli/doctor/last_commands.hpp"

#include <string>
#include <vector>

namespace imgcrypt::cli {

// Where a containerd is spoken to.
struct ContainerdAccess {
  std::string ctr;      // the program
  std::string address;  // of its socket
  // Where it makes a directory for each namespace, which it does not remove.
  std::vector<std::string> task_directories;
};

class TestNamespace {
 public:
  // `directory` is empty and ours; it must outlive this object. Throws as DeathWatch.
  TestNamespace(ContainerdAccess access, std::string directory);
  // Removes what run() has made, and the namespace.
  ~TestNamespace();
  TestNamespace(const TestNamespace&) = delete;
  TestNamespace& operator=(const TestNamespace&) = delete;

  // Runs ctr in the namespace and returns its stdout. Throws kOther with what it says if it fails or takes
  // more than two minutes; kCancelled.
  [[nodiscard]] std::string run(const std::vector<std::string>& arguments) const;

  // What names the container of the test.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  void sweep(const std::string& name) const noexcept;
  void sweep_those_of_the_dead() const noexcept;
  [[nodiscard]] std::vector<std::string> lines_of(const std::vector<std::string>& arguments) const noexcept;

  ContainerdAccess access_;
  std::string name_;
  LastCommands last_;
};

}  // namespace imgcrypt::cli
