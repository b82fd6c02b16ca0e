#include "cli/terminal/progress_view.hpp"

#include "base/process/fd.hpp"
#include "cli/terminal/style.hpp"

#include <unistd.h>

#include <csignal>
#include <system_error>

namespace imgcrypt::cli {
namespace {

// Smooth for the eye, and the work does not feel it: a look copies one snapshot.
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

void ProgressView::write(const Text& text) {
  const std::scoped_lock lock(mutex_);
  // The bars are not drawn again here: the next look does that, below the text.
  if (form_) form_->clear();
  try {
    write_all(STDERR_FILENO, as_bytes(encoded_for(STDERR_FILENO, text)),
              "stderr");  // one write, so that lines of other programs do not mix with it
  } catch (const Error&) {
    // Work goes on if nobody reads stderr.
  }
}

void ProgressView::stop() {
  {
    const std::scoped_lock lock(mutex_);
    if (!thread_.joinable()) return;  // never started, or no thread could be had
    is_stopping_ = true;
    stopping_.notify_one();
  }
  // Without the lock, which the thread needs to end. Afterwards form_ belongs to us alone.
  thread_.join();
  form_->show(progress_.snapshot());
  form_->end();
  form_.reset();
}

// wait_for gives the lock up while it waits, so write() waits for one drawing at most.
void ProgressView::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_.wait_for(lock, kBetweenLooks, [this] { return is_stopping_; }))
    form_->show(progress_.snapshot());
}

}  // namespace imgcrypt::cli
