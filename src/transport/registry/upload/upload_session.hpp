// An upload that a registry has opened for us. Deleted there, so that nothing half-made stays, unless it was
// finished or is lost. Belongs to one thread at a time.
#pragma once

#include "transport/registry/registry_connection.hpp"

#include <cstdint>
#include <optional>

namespace imgcrypt {

class UploadSession {
 public:
  // POST. Throws kRegistry when we may not push, kNetwork. The connection must outlive it.
  [[nodiscard]] static UploadSession start(RegistryConnection& connection);
  // The session that an answer of 202 tells of. Throws kRegistry when it does not say where.
  UploadSession(RegistryConnection& connection, const HttpExchange& answer);
  UploadSession(UploadSession&& other) noexcept;
  UploadSession& operator=(UploadSession&& other) noexcept;
  UploadSession(const UploadSession&) = delete;
  UploadSession& operator=(const UploadSession&) = delete;
  // DELETE, repeated as tidying up is (Backoff); what it throws is dropped.
  ~UploadSession();

  // Where the next request goes; only there, since registries keep their state in it.
  [[nodiscard]] const Url& location() const noexcept { return *location_; }
  // After each answer of the registry to such a request. Throws as the constructor.
  void follow(const HttpExchange& answer);
  // The shortest chunk that the registry takes, but for the last.
  [[nodiscard]] std::uint64_t shortest_chunk() const noexcept { return shortest_chunk_; }
  // It is finished, or the registry does not know it any more.
  void forget() noexcept { location_.reset(); }

 private:
  void remove() noexcept;

  RegistryConnection* connection_;
  std::optional<Url> location_;
  std::uint64_t shortest_chunk_ = 0;
};

}  // namespace imgcrypt
