#include "keyprovider/pgp/private_home.hpp"

#include "base/process/fork.hpp"
#include "base/process/pipe.hpp"
#include "base/text/encoding.hpp"
#include "crypto/random.hpp"
#include "keyprovider/pgp/gpgme.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <utility>

namespace imgcrypt::keyprovider::pgp {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kName = ".imgcrypt-pgp-";
constexpr std::size_t kNameBytes = 8;  // what follows it is random, so that it is nobody else's
constexpr int kFirstSocket = 3;        // of those that are handed to an agent (sd_listen_fds)

// Messages that every reader opens: no AEAD, whatever GnuPG's version, AES-256, and nothing compressed. No
// program is started, nobody is asked, and keys count as they are: who names a key trusts it.
constexpr std::string_view kGpgOptions =
    "batch\nno-autostart\nno-auto-key-locate\ntrust-model always\nrfc4880\ncipher-algo AES256\n"
    "compress-algo none\n";
constexpr std::string_view kAgentOptions = "disable-scdaemon\npinentry-program /bin/false\n";

Fd lock_directory(const std::string& path) {
  Fd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory.is_open() || ::flock(directory.get(), LOCK_EX | LOCK_NB) != 0) return {};
  return directory;
}

// Of processes that died, and their removers with them: nobody holds their lock.
void remove_left_directories(const std::string& base) {
  std::error_code failure;
  for (fs::directory_iterator at(base, failure), end; !failure && at != end; at.increment(failure)) {
    const std::string path = at->path().string();
    struct stat status = {};
    const bool is_ours = at->path().filename().string().starts_with(kName) &&
                         ::lstat(path.c_str(), &status) == 0 && status.st_uid == ::geteuid();
    std::error_code ignored;
    if (is_ours && lock_directory(path).is_open()) fs::remove_all(path, ignored);
  }
}

// Another process may have taken the new directory for a dead one's before it was locked.
Fd make_locked_directory(const std::string& path) {
  while (true) {
    if (::mkdir(path.c_str(), 0700) != 0) throw errno_error("make a directory for GnuPG, " + path);
    Fd lock = lock_directory(path);
    struct stat status = {};
    if (lock.is_open() && ::fstat(lock.get(), &status) == 0 && status.st_nlink > 0 &&
        ::access(path.c_str(), F_OK) == 0)
      return lock;
  }
}

void write_options(const std::string& file, std::string_view options) {
  const Fd made(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!made.is_open()) throw errno_error("write " + file);
  write_file(made.get(), as_bytes(options), file);
}

// Our group is killed when our caller ends us, and the remover must outlive that.
[[noreturn]] void remove_after_us(int pipe, const std::string& path) {
  ::setpgid(0, 0);
  ::syscall(SYS_close_range, 0, pipe - 1, 0);
  ::syscall(SYS_close_range, pipe + 1, ~0U, 0);
  char byte = 0;
  while (::read(pipe, &byte, 1) < 0 && errno == EINTR) continue;
  // What still ends may make a file meanwhile.
  std::error_code failure;
  for (int tries = 0; tries < 100 && fs::exists(path, failure); ++tries) fs::remove_all(path, failure);
  ::_exit(0);
}

pid_t start_remover(const Pipe& pipe, const std::string& path) {
  const pid_t pid = fork_child("start the process that removes GnuPG's directory");
  if (pid == 0) remove_after_us(pipe.read_end.get(), path);
  ::setpgid(pid, pid);  // both do it, as either may run first
  return pid;
}

// Bound before the agent runs, so that gpg need not wait for it.
Fd listen_at(const std::string& path) {
  sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = {}};
  if (path.size() >= sizeof address.sun_path)
    throw Error(ErrorCode::kOther, path + ": too long for the name of a socket");
  std::ranges::copy(path, static_cast<char*>(address.sun_path));
  Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto* const generic = reinterpret_cast<const sockaddr*>(&address);
  constexpr int kWaiting = 64;
  if (!socket.is_open() || ::bind(socket.get(), generic, sizeof address) != 0 ||
      ::listen(socket.get(), kWaiting) != 0)
    throw errno_error(path);
  return socket;
}

[[noreturn]] void become_agent(const char* program, const std::string& home, int socket, pid_t parent) {
  // If we are killed alone; with our group it is killed in any case.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  ::dup2(socket, kFirstSocket);
  ::fcntl(kFirstSocket, F_SETFD, 0);  // dup2 does nothing to a socket that has this number already
  const int nothing = ::open("/dev/null", O_RDWR);
  for (int fd = 0; fd <= STDERR_FILENO; ++fd) ::dup2(nothing, fd);
  ::syscall(SYS_close_range, kFirstSocket + 1, ~0U, 0);
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
  ::setenv("LISTEN_FDS", "1", 1);
  ::setenv("LISTEN_FDNAMES", "std", 1);
  ::execlp(program, program, "--homedir", home.c_str(), "--supervised", "--quiet", nullptr);
  ::_exit(127);
}

pid_t start_agent(const std::string& home) {
  const Fd socket = listen_at(home + "/S.gpg-agent");
  const char* const folder = ::gpgme_get_dirinfo("bindir");
  const std::string program = (folder == nullptr ? std::string() : std::string(folder) + "/") + "gpg-agent";
  const pid_t parent = ::getpid();
  const pid_t pid = fork_child("start gpg-agent");
  if (pid == 0) become_agent(program.c_str(), home, socket.get(), parent);
  return pid;
}

void wait_for(pid_t child) noexcept {
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) continue;
}

bool is_in_memory(const std::string& path) {
  struct statfs status = {};
  return ::statfs(path.c_str(), &status) == 0 && status.f_type == TMPFS_MAGIC;
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

}  // namespace

FleetingDirectory::FleetingDirectory(const std::string& base)
    : path_(base + "/" + std::string(kName) + encode_hex(random_bytes(kNameBytes))) {
  remove_left_directories(base);
  // The remover comes first, so that no kill leaves a directory without one.
  Pipe pipe = make_pipe();
  remover_ = start_remover(pipe, path_);
  our_end_ = std::move(pipe.write_end);
  try {
    lock_ = make_locked_directory(path_);
  } catch (const Error&) {
    our_end_.reset();
    wait_for(remover_);
    throw;
  }
}

FleetingDirectory::~FleetingDirectory() {
  our_end_.reset();
  wait_for(remover_);
}

PrivateHome::PrivateHome(const std::string& base, Agent agent) : directory_(base) {
  write_options(path() + "/gpg.conf", kGpgOptions);
  if (agent == Agent::kNone) return;
  write_options(path() + "/gpg-agent.conf", kAgentOptions);
  agent_ = start_agent(path());
}

PrivateHome::~PrivateHome() {
  if (agent_ < 0) return;
  ::kill(agent_, SIGKILL);
  wait_for(agent_);
}

std::string base_for_homes() {
  for (const std::string& folder : {variable("XDG_RUNTIME_DIR"), std::string("/dev/shm")}) {
    if (!folder.empty() && is_in_memory(folder) && ::access(folder.c_str(), W_OK | X_OK) == 0) return folder;
  }
  const std::string temporary = variable("TMPDIR");
  return temporary.empty() ? "/tmp" : temporary;
}

}  // namespace imgcrypt::keyprovider::pgp
