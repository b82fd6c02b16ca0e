#include "streamproc/decode.hpp"

#include "base/process/fd.hpp"
#include "base/stream/fd_stream.hpp"
#include "keys/key_file.hpp"
#include "keywrap/private_key_unwrapper.hpp"
#include "keywrap/provider/provider.hpp"
#include "layer/unwrap_private_options.hpp"
#include "layer/wrapped_keys.hpp"
#include "streamproc/content_store.hpp"
#include "streamproc/key_directory.hpp"
#include "streamproc/opened_layer.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

namespace imgcrypt::streamproc {
namespace {

constexpr std::size_t kHeadBytes = 4096;

// The first bytes of stdin, by which the blob is recognised.
struct Head {
  Bytes bytes;
  bool is_whole = false;
};

Head read_head() {
  Head head{Bytes(kHeadBytes), false};
  std::size_t size = 0;
  while (size < kHeadBytes && !head.is_whole) {
    const std::size_t more = read_some(STDIN_FILENO, MutableByteView(head.bytes).subspan(size), "stdin");
    head.is_whole = more == 0;
    size += more;
  }
  head.bytes.resize(size);
  return head;
}

// Stdin from its first byte, though its head has been read.
class StdinSource final : public Source {
 public:
  explicit StdinSource(const Head& head) : head_(head.bytes) {}

  [[nodiscard]] std::optional<Chunk> next() override {
    std::optional<Chunk> chunk = head_.next();
    return chunk ? chunk : rest_.next();
  }

 private:
  MemorySource head_;
  ChunkPool pool_;
  FdSource rest_{STDIN_FILENO, "stdin", pool_};
};

Error with_hint(const Error& error, const std::string& hint) {
  return error.hint().empty() ? Error(error.code(), error.message(), hint) : error;
}

Fd spool(const Head& head, const std::string& directory) {
  Fd file(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (!file.is_open()) throw errno_error("make a spool file in " + directory);
  StdinSource source(head);
  FdSink sink(file.get(), "spool file in " + directory);
  pump(source, sink);
  return file;
}

Fd spool_or_say(const Head& head, const std::string& directory) {
  try {
    return spool(head, directory);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) throw;
    throw with_hint(error, "name a directory with room for the layer with --spool-dir");
  }
}

std::unique_ptr<ProviderUnwrapper> provider_unwrapper(const Options& options,
                                                      const std::optional<Payload>& payload) {
  ProviderSettings settings;
  settings.config = options.provider_config;
  settings.missing = MissingConfig::kCountsAsEmpty;
  settings.libexec = libexec_directory();
  settings.limits.time = options.provider_timeout;
  return std::make_unique<ProviderUnwrapper>(std::make_shared<KeyProviders>(std::move(settings)),
                                             payload ? payload->provider_parameters : ProviderParameters());
}

// Keys in the order of what they cost: a program is started only when no file opens the layer.
KeyUnwrappers gather_keys(const Options& options, const std::optional<Payload>& payload,
                          const KeyDirectory& directory) {
  KeyUnwrappers keys;
  auto providers = provider_unwrapper(options, payload);  // its watch would keep a copy of the keys
  if (payload) {
    for (std::size_t i = 0; i < payload->keys.size(); ++i) {
      const PayloadKey& key = payload->keys[i];
      try {
        keys.push_back(std::make_unique<PrivateKeyUnwrapper>(
            "key " + std::to_string(i) + " of the payload",
            parse_private_key(key.file.expose(), key.passphrase ? &*key.passphrase : nullptr)));
      } catch (const Error&) {
        continue;  // of another kind, or meant for another scheme
      }
    }
  }
  for (auto& key : directory.unwrappers()) keys.push_back(std::move(key));
  keys.push_back(std::move(providers));
  return keys;
}

OpenedLayer open_layer(const Descriptor& descriptor, const KeyUnwrappers& keys, const std::string& cure) {
  const PublicOptions public_options = public_options_of(descriptor.annotations);
  PrivateOptions options = unwrap_private_options(descriptor.annotations, keys, cure);
  LayerMac hmac = layer_hmac(options, public_options);
  return {descriptor.digest, std::move(options), std::move(hmac), descriptor.media_type, descriptor.size};
}

Error in_layer(const Error& error, const Digest& digest) {
  const Error placed = error.in("layer " + digest.string());
  return error.code() == ErrorCode::kIntegrity
             ? with_hint(placed, "it was damaged or changed: remove the image and pull it again")
             : placed;
}

// The first descriptor that a key opens and whose HMAC the ciphertext has: anyone may put another manifest
// into the store.
class LayerOpener {
 public:
  // Without a file only the keys are asked. Everything must outlive it.
  LayerOpener(const KeyUnwrappers& keys, const std::string& cure, const Fd* ciphertext)
      : keys_(keys), cure_(cure), ciphertext_(ciphertext) {}

  bool try_open(const Descriptor& descriptor) {
    try {
      OpenedLayer layer = open_layer(descriptor, keys_, cure_);
      if (ciphertext_ != nullptr) check_layer(layer, *ciphertext_);
      layer_ = std::move(layer);
    } catch (const Error& error) {
      // That one opens and the layer is damaged tells more than that others do not open.
      if (!failure_ || failure_->code() == ErrorCode::kNoKey) failure_ = in_layer(error, descriptor.digest);
    }
    return layer_.has_value();
  }

  // REQUIRES: try_open was called. Throws the failure that tells most when none could be opened.
  [[nodiscard]] const OpenedLayer& layer() const {
    if (!layer_) throw Error(*failure_);
    return *layer_;
  }

 private:
  const KeyUnwrappers& keys_;
  const std::string& cure_;
  const Fd* ciphertext_;
  std::optional<OpenedLayer> layer_;
  std::optional<Error> failure_;
};

void open_as_stored(LayerOpener& opener, const StoredBlob& blob) {
  const auto any =
      find_descriptors(blob, [&](const Descriptor& descriptor) { return opener.try_open(descriptor); });
  if (any.found) return;
  throw Error(
      ErrorCode::kNotFound,
      "layer " + blob.digest.string() + ": no manifest in " + blob.content_root +
          " says how it is encrypted" + (any.is_cut_short ? kCutShort : ""),
      "an image built FROM an encrypted one may have lost its annotations: pull the image it was built from");
}

void require_blob(const Search<std::optional<StoredBlob>>& search, const std::string& content_root) {
  if (search.found) return;
  throw Error(ErrorCode::kNotFound,
              "no payload, and the layer is none of the files that the parent process has open, nor in " +
                  content_root + (search.is_cut_short ? kCutShort : ""),
              "name containerd's content store with --content-root");
}

bool wants_inflated(Inflate inflate, const std::optional<StoredBlob>& blob) {
  const bool is_for_containerd = blob && blob->is_open_in_parent;
  return inflate == Inflate::kAlways || (inflate == Inflate::kAuto && is_for_containerd);
}

void write_layer(const Options& options, const OpenedLayer& layer, const Head& head, bool is_inflated,
                 const Fd& file) {
  try {
    if (options.is_streaming) {
      StdinSource ciphertext(head);
      write_streaming(layer, ciphertext);
    } else if (is_inflated) {
      write_inflated(layer, file);
    } else {
      write_plaintext(layer, file);
    }
  } catch (const Error& error) {
    throw in_layer(error, layer.digest);
  }
}

Error with_complaint(const Error& error, const KeyDirectory& directory) {
  const bool is_for_want_of_keys = error.code() == ErrorCode::kNoKey || error.code() == ErrorCode::kProvider;
  if (!is_for_want_of_keys || directory.complaint().empty()) return error;
  return {error.code(), error.message() + "; " + directory.complaint(), error.hint()};
}

}  // namespace

void decode_layer(const Options& options, std::optional<Payload> payload) {
  const Head head = read_head();
  const auto digest = payload ? std::optional(payload->layer.digest) : std::nullopt;
  const auto search = find_blob(head.bytes, head.is_whole, digest, options.content_root);
  const std::optional<StoredBlob>& blob = search.found;
  const KeyDirectory directory(options.keys);
  const std::string cure = "put the private key of one of these recipients into " + options.keys +
                           ", or configure its key provider";
  const KeyUnwrappers keys = gather_keys(options, payload, directory);
  try {
    const bool is_described = payload && has_encryption_annotations(payload->layer.annotations);
    if (!is_described) require_blob(search, options.content_root);
    const Fd spooled = blob || options.is_streaming ? Fd() : spool_or_say(head, options.spool);
    const Fd& file = blob ? blob->file : spooled;
    LayerOpener opener(keys, cure, options.is_streaming ? nullptr : &file);
    if (is_described) {
      opener.try_open(payload->layer);
    } else {
      open_as_stored(opener, *blob);
    }
    write_layer(options, opener.layer(), head, wants_inflated(options.inflate, blob), file);
  } catch (const Error& error) {
    throw with_complaint(error, directory);
  }
}

}  // namespace imgcrypt::streamproc
