#include "streamproc/sandbox/system_calls.hpp"

#include "base/process/fd.hpp"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <initializer_list>

namespace imgcrypt::streamproc {
namespace {

// Memory, locks, clocks and the end, which every phase needs. None of them reaches out of the process. The C
// library asks for the number of processors when a thread allocates for the first time.
constexpr std::initializer_list<int> kEverywhere = {SCMP_SYS(munmap),
                                                    SCMP_SYS(mremap),
                                                    SCMP_SYS(madvise),
                                                    SCMP_SYS(mlock),
                                                    SCMP_SYS(munlock),
                                                    SCMP_SYS(brk),
                                                    SCMP_SYS(futex),
                                                    SCMP_SYS(clock_gettime),
                                                    SCMP_SYS(clock_nanosleep),
                                                    SCMP_SYS(nanosleep),
                                                    SCMP_SYS(gettimeofday),
                                                    SCMP_SYS(restart_syscall),
                                                    SCMP_SYS(sched_yield),
                                                    SCMP_SYS(sched_getaffinity),
                                                    SCMP_SYS(getrandom),
                                                    SCMP_SYS(rt_sigaction),
                                                    SCMP_SYS(rt_sigprocmask),
                                                    SCMP_SYS(rt_sigreturn),
                                                    SCMP_SYS(alarm),
                                                    SCMP_SYS(setitimer),
                                                    SCMP_SYS(poll),
                                                    SCMP_SYS(ppoll),
                                                    SCMP_SYS(read),
                                                    SCMP_SYS(readv),
                                                    SCMP_SYS(pread64),
                                                    SCMP_SYS(write),
                                                    SCMP_SYS(writev),
                                                    SCMP_SYS(close),
                                                    SCMP_SYS(lseek),
                                                    SCMP_SYS(getpid),
                                                    SCMP_SYS(gettid),
                                                    SCMP_SYS(wait4),
                                                    SCMP_SYS(exit),
                                                    SCMP_SYS(exit_group),
                                                    SCMP_SYS(set_robust_list),
                                                    SCMP_SYS(rseq)};

// Files by their names, and what a thread needs to begin.
constexpr std::initializer_list<int> kOpening = {
    SCMP_SYS(fstat),      SCMP_SYS(newfstatat), SCMP_SYS(stat),       SCMP_SYS(lstat),   SCMP_SYS(statx),
    SCMP_SYS(getdents64), SCMP_SYS(readlink),   SCMP_SYS(readlinkat), SCMP_SYS(access),  SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2), SCMP_SYS(getcwd),     SCMP_SYS(getuid),     SCMP_SYS(geteuid), SCMP_SYS(getgid),
    SCMP_SYS(getegid),    SCMP_SYS(getppid),    SCMP_SYS(fcntl),      SCMP_SYS(sysinfo), SCMP_SYS(uname),
    SCMP_SYS(seccomp)};

// One list of rules on its way to the kernel.
class Filter {
 public:
  Filter() : context_(::seccomp_init(SCMP_ACT_KILL_PROCESS)) {
    if (context_ == nullptr) throw Error(ErrorCode::kOther, "seccomp: no memory for a filter");
    check(::seccomp_attr_set(context_, SCMP_FLTATR_CTL_TSYNC, 1));
  }
  ~Filter() { ::seccomp_release(context_); }
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;

  // A call that this processor does not have is passed over by libseccomp.
  void allow(std::initializer_list<int> calls) {
    for (const int call : calls) check(::seccomp_rule_add(context_, SCMP_ACT_ALLOW, call, 0));
  }
  // If all of its arguments are so.
  void allow(int call, std::initializer_list<scmp_arg_cmp> arguments) {
    check(::seccomp_rule_add_array(context_, SCMP_ACT_ALLOW, call, static_cast<unsigned>(arguments.size()),
                                   arguments.begin()));
  }
  void fail(int call, int error) {
    check(::seccomp_rule_add(context_, SCMP_ACT_ERRNO(static_cast<unsigned>(error)), call, 0));
  }
  void load() { check(::seccomp_load(context_)); }

 private:
  static void check(int result) {
    if (result < 0) throw errno_error("seccomp: set up the filter", -result);
  }

  scmp_filter_ctx context_;
};

// The bits of `mask` are those of `value`.
scmp_arg_cmp bits(unsigned argument, scmp_datum_t mask, scmp_datum_t value) {
  return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}
scmp_arg_cmp equal(unsigned argument, scmp_datum_t value) { return {argument, SCMP_CMP_EQ, value, 0}; }

// Memory that can be run would be a way round every list of calls.
void allow_memory_but_no_code(Filter& filter) {
  for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)}) filter.allow(call, {bits(2, PROT_EXEC, 0)});
}

void allow_opening_for_reading(Filter& filter) {
  constexpr scmp_datum_t kChanging = O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY);
  filter.allow(SCMP_SYS(openat), {bits(2, kChanging, O_RDONLY)});
  filter.allow(SCMP_SYS(open), {bits(1, kChanging, O_RDONLY)});
}

// The flags of clone3 are in memory, where no filter can look: without it the C library uses clone.
void allow_threads_but_no_processes(Filter& filter) {
  filter.allow(SCMP_SYS(clone), {bits(0, CLONE_THREAD, CLONE_THREAD)});
  filter.fail(SCMP_SYS(clone3), ENOSYS);
}

}  // namespace

bool has_seccomp() noexcept {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return false;
#else
  const unsigned action = SECCOMP_RET_KILL_PROCESS;
  return ::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
#endif
}

void allow_opening(pid_t broker) {
  Filter filter;
  filter.allow(kEverywhere);
  filter.allow(kOpening);
  allow_memory_but_no_code(filter);
  allow_opening_for_reading(filter);
  allow_threads_but_no_processes(filter);
  // For the next filter, which libseccomp loads after setting it once more.
  filter.allow(SCMP_SYS(prctl), {equal(0, PR_SET_NO_NEW_PRIVS)});
  // Limits may be asked for, not set.
  filter.allow(SCMP_SYS(prlimit64), {equal(2, 0)});
  if (broker != 0)
    filter.allow(SCMP_SYS(kill), {equal(0, static_cast<scmp_datum_t>(broker)), equal(1, SIGTERM)});
  filter.load();
}

void allow_writing() {
  Filter filter;
  filter.allow(kEverywhere);
  allow_memory_but_no_code(filter);
  for (const int call : {SCMP_SYS(clone), SCMP_SYS(clone3)}) filter.fail(call, EAGAIN);
  // Not the end: older C libraries look for the number of processors in a file, and do without.
  for (const int call : {SCMP_SYS(openat), SCMP_SYS(open)}) filter.fail(call, EACCES);
  filter.load();
}

void allow_holding() {
  Filter filter;
  filter.allow({SCMP_SYS(read), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(write), SCMP_SYS(close),
                SCMP_SYS(pidfd_send_signal), SCMP_SYS(nanosleep), SCMP_SYS(clock_nanosleep),
                SCMP_SYS(restart_syscall), SCMP_SYS(exit_group)});
  filter.load();
}

}  // namespace imgcrypt::streamproc
