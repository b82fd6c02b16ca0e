#include "cli/doctor/test_namespace.hpp"

#include "base/process/child_process.hpp"

#include <unistd.h>

#include <charconv>
#include <csignal>
#include <sstream>

namespace imgcrypt::cli {
namespace {

constexpr std::string_view kPrefix = "imgcrypt-doctor-";  // and the process id
constexpr std::chrono::minutes kMostTime{2};

bool is_of_the_dead(const std::string& name) {
  if (!name.starts_with(kPrefix)) return false;
  pid_t pid = 0;
  const char* end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data() + kPrefix.size(), end, pid);
  return error == std::errc() && stop == end && pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH;
}

}  // namespace

TestNamespace::TestNamespace(ContainerdAccess access, std::string directory)
    : access_(std::move(access)),
      name_(std::string(kPrefix) + std::to_string(::getpid())),
      last_({access_.ctr, {"--address", access_.address}}, std::move(directory)) {
  sweep_those_of_the_dead();
}

TestNamespace::~TestNamespace() { sweep(name_); }

std::string TestNamespace::run(const std::vector<std::string>& arguments) const {
  Program program{access_.ctr, {"--address", access_.address, "--namespace", name_}};
  program.arguments.insert(program.arguments.end(), arguments.begin(), arguments.end());
  ProgramLimits limits;
  limits.time = kMostTime;
  const DeathWatch watch;
  return std::string(as_text(ChildProcess(program, limits, watch).finish({}).expose()));
}

std::vector<std::string> TestNamespace::lines_of(const std::vector<std::string>& arguments) const noexcept {
  std::istringstream text(last_.output_of(arguments));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

void TestNamespace::sweep(const std::string& name) const noexcept {
  const std::vector<std::string> in = {"--namespace", name};
  const auto command = [&](std::initializer_list<std::string> words) {
    std::vector<std::string> all = in;
    all.insert(all.end(), words);
    return all;
  };
  for (const std::string& task : lines_of(command({"tasks", "ls", "-q"})))
    last_.run(command({"tasks", "rm", "--force", task}));
  for (const std::string& container : lines_of(command({"containers", "ls", "-q"})))
    last_.run(command({"containers", "rm", container}));
  for (const std::string& image : lines_of(command({"images", "ls", "-q"})))
    last_.run(command({"images", "rm", image}));
  for (const std::string& lease : lines_of(command({"leases", "ls", "-q"})))
    last_.run(command({"leases", "rm", lease}));
  // Blobs and snapshots go when a lease is removed so: containerd then collects what nothing needs.
  last_.run(command({"leases", "create", "--id", "last"}));
  last_.run(command({"leases", "rm", "--sync", "last"}));
  last_.run({"namespaces", "rm", name});
  for (const std::string& directory : access_.task_directories) ::rmdir((directory + "/" + name).c_str());
}

void TestNamespace::sweep_those_of_the_dead() const noexcept {
  for (const std::string& name : lines_of({"namespaces", "ls", "-q"})) {
    if (is_of_the_dead(name)) sweep(name);
  }
}

}  // namespace imgcrypt::cli
