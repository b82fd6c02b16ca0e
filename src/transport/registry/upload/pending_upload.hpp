// A blob on its way into a registry: what the ways to send it have in common. Used by the sources of this
// folder; belongs to the thread that uploads.
#pragma once

#include "transport/registry/registry_connection.hpp"
#include "transport/registry/upload/upload_session.hpp"
#include "transport/registry/upload/upload_window.hpp"

#include <imgcrypt/error.hpp>

#include <string>

namespace imgcrypt {

struct PendingUpload {
  RegistryConnection& connection;  // outlives it
  UploadSession session;
  UploadWindow window;
  unsigned silences = 0;  // of the registry, since it last took something

  // Adds those of a failure of this upload; returns it with all of them.
  [[nodiscard]] Error counted(const Error& failure);
  // What `work` asks beside the blob itself; its failures are counted.
  template <typename Work>
  auto asking(const Work& work) {
    try {
      return work();
    } catch (const Error& error) {
      throw counted(error);
    }
  }

  // kNetwork: the content must be made anew, since the window does not hold all that is needed.
  [[nodiscard]] Error lost(const std::string& why) const;
};

// What a registry answers to a request that it has obeyed.
[[nodiscard]] constexpr bool is_done(int status) noexcept { return status >= 200 && status < 300; }
// What a registry answers that does not take such a PATCH; another request may do.
[[nodiscard]] constexpr bool refuses_patch(int status) noexcept {
  return status == 405 || status == 415 || status == 501;
}

}  // namespace imgcrypt
