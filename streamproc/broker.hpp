// A process of its own that starts key providers for the decoder, which may start nothing once it is shut in.
// It is forked before that and waits on a socket for the name of a provider and one document. It never sees a
// key of ours: what it is asked is a packet, and what it passes back is what the provider says.
#pragma once

#include "base/process/fd.hpp"
#include "keywrap/provider/key_providers.hpp"

#include <sys/types.h>

#include <mutex>

namespace imgcrypt::streamproc {

struct BrokerMessage;

class Broker final : public ProviderAccess {
 public:
  // Forks: no thread may run yet. Throws kOther when there may be no more processes or open files.
  explicit Broker(const ProviderSettings& settings);
  // Ends the process and the programs that it started. Returns when they have ended, or after two seconds:
  // they then end by themselves, since the broker is told of our death.
  ~Broker() override;
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  // Its only signal from us is SIGTERM; the sandbox lets no other through.
  [[nodiscard]] pid_t process() const noexcept { return process_; }

  void require_configured(const std::string& name) override;
  // Throws as KeyProviders::exchange; kProvider when the broker was killed.
  [[nodiscard]] SecretBytes exchange(const std::string& name, const SecretBytes& document) override;
  [[nodiscard]] std::string program_of(const std::string& name) override;

 private:
  BrokerMessage ask_broker(const BrokerMessage& question);

  std::mutex mutex_;  // one question at a time
  Fd socket_;
  pid_t process_ = -1;
};

}  // namespace imgcrypt::streamproc
