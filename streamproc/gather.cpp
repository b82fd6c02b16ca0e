#include "streamproc/gather.hpp"

#include "keys/key_file.hpp"
#include "keywrap/private_key_unwrapper.hpp"
#include "keywrap/provider/provider.hpp"
#include "layer/wrapped_keys.hpp"
#include "streamproc/layer_blob.hpp"
#include "streamproc/payload.hpp"

#include <unistd.h>

#include <utility>

namespace imgcrypt::streamproc {
namespace {

std::shared_ptr<KeyProviders> key_providers(const Options& options) {
  ProviderSettings settings;
  settings.config = options.provider_config;
  // containerd's default configuration names a file that a node need not have.
  settings.missing = MissingConfig::kCountsAsEmpty;
  settings.libexec = libexec_directory();
  settings.limits.time = options.provider_timeout;
  return std::make_shared<KeyProviders>(std::move(settings));
}

KeyUnwrappers keys_of_payload(const std::vector<PayloadKey>& payload_keys) {
  KeyUnwrappers keys;
  for (std::size_t i = 0; i < payload_keys.size(); ++i) {
    const PayloadKey& key = payload_keys[i];
    try {
      keys.push_back(std::make_unique<PrivateKeyUnwrapper>(
          "key " + std::to_string(i) + " of the payload",
          parse_private_key(key.file.expose(), key.passphrase ? &*key.passphrase : nullptr)));
    } catch (const Error&) {
      continue;  // of another kind, or meant for another scheme
    }
  }
  return keys;
}

struct FoundBlob {
  std::optional<LayerBlob> blob;
  bool is_stdin_used = false;  // to its end: nothing more can be read from it
};

FoundBlob find_layer(const Head& head, const std::optional<Digest>& named, const ContentStore& store) {
  const std::string open_files = open_files_of(::getppid());
  auto blob = find_blob(head, named, open_files, store);
  if (!blob && !named) blob = blob_on_stdin(head, store);
  if (blob || named) return {std::move(blob)};
  // Costs a pass over stdin, but the head is no proof where the parent does not have the blob open, or has
  // another one open that begins like it.
  for (const Digest& digest : digests_of_stdin(head)) {
    blob = find_blob(head, digest, open_files, store);
    if (blob) break;
  }
  return {std::move(blob), true};
}

Candidates candidates_for(const std::optional<Payload>& payload, const std::optional<LayerBlob>& blob,
                          const ContentStore& store) {
  // The payload comes from containerd itself; what the store says anybody may have put there.
  if (payload && has_encryption_annotations(payload->layer.annotations)) return Candidates(payload->layer);
  if (blob) return Candidates(LayerDescriptors(blob->store, blob->digest));
  throw Error(ErrorCode::kNotFound,
              "no readable payload on file descriptor 3, and the layer is not among the files that the "
              "parent process has open, nor in " +
                  store.root(),
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

KeyUnwrappers keys_of(std::optional<Payload> payload, const KeyDirectory& directory,
                      std::shared_ptr<KeyProviders> providers) {
  KeyUnwrappers keys;
  ProviderParameters parameters;
  if (payload) {
    keys = keys_of_payload(payload->keys);
    parameters = std::move(payload->provider_parameters);
  }
  for (auto& key : directory.unwrappers()) keys.push_back(std::move(key));
  // So that those of ours need no configuration: whoever put their keys there asked for them.
  for (const auto& [name, files] : directory.provider_parameters())
    parameters[name].insert(parameters[name].end(), files.begin(), files.end());
  keys.push_back(std::make_unique<ProviderUnwrapper>(std::move(providers), std::move(parameters)));
  return keys;
}

}  // namespace

Gathered gather(const Options& options) {
  auto providers = key_providers(options);  // first: what it forks must not hold keys
  std::optional<Payload> payload = read_payload();
  Head head = read_head(STDIN_FILENO);
  const ContentStore store(options.content_root);
  const auto named = payload ? std::optional(payload->layer.digest) : std::nullopt;
  // While streaming too: without a payload only the blob's name says which layer it is.
  FoundBlob found = find_layer(head, named, store);
  Candidates candidates = candidates_for(payload, found.blob, store);
  // From here on there is a blob, or a payload that describes the layer.
  Digest digest = named ? *named : found.blob->digest;
  Ciphertext ciphertext = ciphertext_of(std::move(head), std::move(found), payload, options);
  KeyDirectory directory(options.keys);
  KeyUnwrappers keys = keys_of(std::move(payload), directory, std::move(providers));
  return {std::move(digest), std::move(ciphertext), std::move(candidates), std::move(directory),
          std::move(keys)};
}

}  // namespace imgcrypt::streamproc
