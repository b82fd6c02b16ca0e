#include "cli/terminal/progress_view.hpp"

#include "base/process/fd.hpp"

#include <unistd.h>

#include <csignal>
#include <system_error>

namespace imgcrypt::cli {
namespace {

constexpr std::chrono::milliseconds kBetweenLooks{100};

// Signals must reach the threads that work, where they interrupt a system call that waits.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_ = {};
};

}  // namespace

void ProgressView::start(ProgressStyle style) {
  const std::scoped_lock lock(mutex_);
  if (thread_.joinable()) return;
  is_stopping_ = false;
  form_ = open_progress_form(style);
  const SignalsBlocked blocked;  // the new thread inherits the mask
  try {
    thread_ = std::thread([this] { run(); });
  } catch (const std::system_error&) {
    form_.reset();  // no thread left: work goes on without progress
  }
}

void ProgressView::write(const std::string& text) {
  const std::scoped_lock lock(mutex_);
  if (form_) form_->clear();
  try {
    write_all(STDERR_FILENO, as_bytes(text),
              "stderr");  // one write, so that lines of other programs do not mix with it
  } catch (const Error&) {
    // Work goes on if nobody reads stderr.
  }
}

void ProgressView::stop() {
  {
    const std::scoped_lock lock(mutex_);
    if (!thread_.joinable()) return;
    is_stopping_ = true;
    stopping_.notify_one();
  }
  thread_.join();
  form_->show(progress_.snapshot());
  form_->clear();
  form_.reset();
}

void ProgressView::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_.wait_for(lock, kBetweenLooks, [this] { return is_stopping_; }))
    form_->show(progress_.snapshot());
}

}  // namespace imgcrypt::cli
