#include "streamproc/sandbox/sandbox.hpp"

#include "streamproc/sandbox/landlock.hpp"
#include "streamproc/sandbox/system_calls.hpp"

#include <imgcrypt/error.hpp>

namespace imgcrypt::streamproc {

void shut_in(SandboxMode mode, const SandboxSettings& settings) {
  if (mode == SandboxMode::kOff) return;
  const std::string missing = missing_from_sandbox();
  if (mode == SandboxMode::kRequire && !missing.empty())
    throw Error(ErrorCode::kOther, "--sandbox=require: this kernel does not offer " + missing,
                "use --sandbox=auto to go without");
  // The order matters: the filter does not allow what Landlock needs.
  try {
    if (landlock_version() > 0) allow_reading_only(settings.readable);
  } catch (const Error& error) {
    // Nothing of it is in force, as its beginning comes last: too many open files, say.
    if (mode == SandboxMode::kRequire) throw error.in("--sandbox=require");
  }
  if (has_seccomp()) allow_opening(settings.broker);
}

void narrow(SandboxMode mode) {
  if (mode != SandboxMode::kOff && has_seccomp()) allow_writing();
}

std::string describe_sandbox() {
  std::string parts;
  if (const int version = landlock_version(); version > 0) parts = "Landlock " + std::to_string(version);
  if (has_seccomp()) parts += parts.empty() ? "seccomp" : ", seccomp";
  return parts.empty() ? "none" : parts;
}

std::string missing_from_sandbox() {
  std::string missing;
  if (landlock_version() == 0) missing = "Landlock";
  if (!has_seccomp()) missing += missing.empty() ? "seccomp" : " and seccomp";
  return missing;
}

}  // namespace imgcrypt::streamproc
