// fork(2) for children that live on without exec, or until they call it.
#pragma once

#include <imgcrypt/error.hpp>

#include <sys/types.h>

namespace imgcrypt {

// The child's id in the parent, 0 in the child. In the child all signals are blocked, so that no handler of
// the parent's runs there, and only what is safe in a signal handler may be called: the parent may have
// threads. So `purpose` is no std::string: a temporary of the call would be freed in the child as well.
// Throws kOther, naming `purpose`, when there may be no more processes.
[[nodiscard]] pid_t fork_child(const char* purpose);

// Whether fork_child() threw it: neither the program that was to be started is at fault, nor whoever named
// it.
[[nodiscard]] bool is_fork_failure(const Error& error) noexcept;

}  // namespace imgcrypt
