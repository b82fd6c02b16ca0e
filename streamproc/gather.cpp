#include "streamproc/gather.hpp"

#include "keywrap/provider/key_providers.hpp"
#include "layer/wrapped_keys.hpp"
#include "streamproc/broker.hpp"
#include "streamproc/layer_blob.hpp"

#include <unistd.h>

#include <utility>

namespace imgcrypt::streamproc {
namespace {

ProviderSettings provider_settings(const Options& options) {
  ProviderSettings settings;
  settings.config = options.provider_config;
  // containerd's default configuration names a file that a node need not have.
  settings.missing = MissingConfig::kCountsAsEmpty;
  settings.libexec = libexec_directory();
  settings.limits.time = options.provider_timeout;
  return settings;
}

// Providers that somebody on this machine has asked for, so that they may have to be started.
bool are_providers_wanted(const Options& options, const KeyDirectory& directory) {
  return ::access(options.provider_config.c_str(), F_OK) == 0 || !directory.needed_providers().empty();
}

struct FoundBlob {
  std::optional<LayerBlob> blob;
  bool is_stdin_used = false;  // to its end: nothing more can be read from it
};

FoundBlob find_layer(const Head& head, const std::optional<Digest>& named, const ContentStores& stores) {
  const std::string open_files = open_files_of(::getppid());
  auto blob = find_blob(head, named, open_files, stores);
  if (!blob && !named) blob = blob_on_stdin(head, stores);
  if (blob || named) return {std::move(blob)};
  // Costs a pass over stdin, but the head is no proof where the parent does not have the blob open, or has
  // another one open that begins like it.
  for (const Digest& digest : digests_of_stdin(head)) {
    blob = find_blob(head, digest, open_files, stores);
    if (blob) break;
  }
  return {std::move(blob), true};
}

Candidates candidates_for(const std::optional<Payload>& payload, const std::optional<LayerBlob>& blob,
                          const Options& options) {
  // The payload comes from containerd itself; what the store says anybody may have put there.
  if (payload && has_encryption_annotations(payload->layer.annotations)) return Candidates(payload->layer);
  if (blob) return Candidates(LayerDescriptors(blob->store, blob->digest));
  throw Error(ErrorCode::kNotFound,
              "no readable payload on file descriptor 3, and the layer is not among the files that the "
              "parent process has open, nor in " +
                  options.content_roots.front() +
                  (options.content_roots.size() > 1 ? " or the other stores" : ""),
              "name containerd's content store with --content-root");
}

// REQUIRES: there is a blob, or a payload that describes the layer.
Ciphertext ciphertext_of(Head head, FoundBlob found, const std::optional<Payload>& payload,
                         const Options& options) {
  if (options.is_streaming && !found.is_stdin_used) return {std::move(head), Fd(), false};
  if (auto& blob = found.blob) return {std::move(head), std::move(blob->file), blob->is_open_in_parent};
  // The last resort, as it costs a copy: nothing may be written before all of it was verified.
  Fd spooled = spool(head, payload->layer.size, options.spool);
  return {std::move(head), std::move(spooled), false};
}

// What the payload gives for providers, then the keys in the directory, so that our own providers need no
// configuration: whoever put their keys there asked for them.
ProviderParameters parameters_of(std::optional<Payload>& payload, const KeyDirectory& directory) {
  ProviderParameters parameters;
  if (payload) parameters = std::move(payload->provider_parameters);
  for (const auto& [name, files] : directory.provider_parameters())
    parameters[name].insert(parameters[name].end(), files.begin(), files.end());
  return parameters;
}

}  // namespace

Gathered gather(const Options& options) {
  const ProviderSettings settings = provider_settings(options);
  KeyDirectory directory(options.keys);
  std::unique_ptr<Broker> broker;
  if (are_providers_wanted(options, directory)) broker = std::make_unique<Broker>(settings);
  std::optional<Payload> payload = read_payload();
  // The keys in it are wiped in a process that is forked.
  if (!broker && payload && !payload->provider_parameters.empty())
    broker = std::make_unique<Broker>(settings);
  Head head = read_head(STDIN_FILENO);
  const ContentStores stores(options.content_roots.begin(), options.content_roots.end());
  const auto named = payload ? std::optional(payload->layer.digest) : std::nullopt;
  // While streaming too: without a payload only the blob's name says which layer it is.
  FoundBlob found = find_layer(head, named, stores);
  Candidates candidates = candidates_for(payload, found.blob, options);
  // From here on there is a blob, or a payload that describes the layer.
  Digest digest = named ? *named : found.blob->digest;
  SandboxSettings sandbox = {{options.keys}, broker ? broker->process() : 0};
  // Parts of the store may be links to another disk.
  for (const char* part : {"", "/blobs", "/blobs/sha256", "/blobs/sha512"})
    if (found.blob) sandbox.readable.push_back(found.blob->store.root() + part);
  Ciphertext ciphertext = ciphertext_of(std::move(head), std::move(found), payload, options);
  ProviderParameters parameters = parameters_of(payload, directory);
  std::shared_ptr<ProviderAccess> providers = std::move(broker);
  // None will be started; it says so for each that a layer needs.
  if (!providers) providers = std::make_shared<KeyProviders>(settings);
  return {std::move(digest),
          std::move(ciphertext),
          std::move(candidates),
          std::move(directory),
          payload ? std::move(payload->keys) : std::vector<PayloadKey>(),
          payload ? std::move(payload->unused_keys) : std::vector<std::string>(),
          std::move(providers),
          std::move(parameters),
          std::move(sandbox)};
}

}  // namespace imgcrypt::streamproc
