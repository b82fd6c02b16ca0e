#include "streamproc/open.hpp"

#include "base/text/short_list.hpp"
#include "layer/describe_recipients.hpp"
#include "layer/unwrap_private_options.hpp"
#include "layer/wrapped_keys.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace imgcrypt::streamproc {
namespace {

// What a failure names of the recipients of other descriptors, of which there may be 64.
constexpr std::size_t kMostNamed = 8;
constexpr std::size_t kMostLength = 150;  // of each

// How much a failure tells, least first.
enum class Tells {
  kNothing,    // no key could open it: anybody may push a manifest that lists the layer with junk
  kNoKey,      // the keys are others
  kSomething,  // e.g. that one opens and the layer is damaged
};

bool can_be_opened(const Descriptor& descriptor) {
  try {
    (void)public_options_of(descriptor.annotations);
    require_wrapped_keys(descriptor.annotations);
    return true;
  } catch (const Error&) {
    return false;
  }
}

Tells what_tells(const Error& error, const Descriptor& descriptor) {
  if (!can_be_opened(descriptor)) return Tells::kNothing;
  return error.code() == ErrorCode::kNoKey ? Tells::kNoKey : Tells::kSomething;
}

// Tries one descriptor after the other, and remembers the failure that tells the user most.
class Trial {
 public:
  Trial(const Gathered& gathered, const KeyUnwrappers& keys)
      : gathered_(gathered),
        keys_(keys),
        cure_("put the private key of one of these recipients into " + gathered.key_directory.path() +
              ", or configure its key provider") {}

  [[nodiscard]] bool is_exhausted() const noexcept { return passes_ == kMostPasses; }

  // nullopt when it does not open the layer, which is noted.
  std::optional<OpenedLayer> attempt(const Descriptor& descriptor) {
    try {
      OpenedLayer layer = unwrap(descriptor);
      // A key that opens proves little: a forger can wrap for a public key. The HMAC decides. What is
      // streamed can only be verified while it is written.
      if (gathered_.ciphertext.file.is_open()) {
        ++passes_;
        layer.mac = verify(gathered_.ciphertext, layer.size, std::move(layer.mac));
      }
      return layer;
    } catch (const Error& error) {
      if (error.code() == ErrorCode::kCancelled) throw;
      note(error, descriptor);
    }
    return std::nullopt;
  }

  // Throws what tells most of the failures. REQUIRES: attempt() was called, and never succeeded.
  [[noreturn]] void fail(const std::string& cut_short) const {
    const ErrorCode code = failure_->code();
    // What is wrong with the key directory is only said where a key in it might have helped.
    const bool is_for_want_of_keys = code == ErrorCode::kNoKey || code == ErrorCode::kProvider;
    const std::string complaint = is_for_want_of_keys ? gathered_.key_directory.complaint() : "";
    const std::string more = complaint.empty() ? "" : "; " + complaint;
    const std::string others = code == ErrorCode::kNoKey ? other_recipients() : "";
    throw Error(code, failure_->message() + others + more + cut_short, failure_->hint());
  }
  [[noreturn]] void fail_exhausted() const {
    throw Error(failure_->code(),
                failure_->message() + "; the blob was checked for " + std::to_string(kMostPasses) +
                    " of its descriptors, and the others were not tried",
                "other images in the store name this layer too: remove those that should not");
  }

 private:
  void note(const Error& error, const Descriptor& descriptor) {
    const Tells tells = what_tells(error, descriptor);
    if (!failure_ || tells > tells_) {
      failure_ = error;
      tells_ = tells;
    } else if (tells == Tells::kNoKey) {
      add_recipients(descriptor, others_);
    }
    if (tells != Tells::kNothing && first_.empty()) add_recipients(descriptor, first_);
  }

  static void add_recipients(const Descriptor& descriptor, std::vector<std::string>& texts) {
    for (const LayerRecipient& row : describe_recipients(descriptor.annotations, kMostNamed).list) {
      const std::string text = shortened(row.recipient.text, kMostLength);
      if (texts.size() < kMostNamed && std::ranges::find(texts, text) == texts.end()) texts.push_back(text);
    }
  }

  // Each descriptor may be the one that was meant; the message of the first names its own recipients.
  [[nodiscard]] std::string other_recipients() const {
    std::vector<std::string> texts;
    for (const std::string& text : others_) {
      if (std::ranges::find(first_, text) == first_.end()) texts.push_back(text);
    }
    return texts.empty() ? "" : "; other descriptors of it are wrapped for " + short_list(texts);
  }

  [[nodiscard]] OpenedLayer unwrap(const Descriptor& descriptor) const {
    const PublicOptions public_options = public_options_of(descriptor.annotations);
    PrivateOptions options = unwrap_private_options(descriptor.annotations, keys_, cure_);
    // Before the move: it reads the key that the options hold.
    LayerMac hmac = layer_hmac(options, public_options);
    return {std::move(options), std::move(hmac), descriptor.media_type, descriptor.size};
  }

  const Gathered& gathered_;
  const KeyUnwrappers& keys_;
  std::string cure_;
  std::size_t passes_ = 0;  // over the whole file
  std::optional<Error> failure_;
  Tells tells_ = Tells::kNothing;   // that failure
  std::vector<std::string> first_;  // recipients of the first descriptor that could be opened
  std::vector<std::string> others_;
};

}  // namespace

OpenedLayer open_layer(Gathered& gathered, const KeyUnwrappers& keys) {
  Trial trial(gathered, keys);
  while (const auto candidate = gathered.candidates.next()) {
    // Only when there is a further one: otherwise the last failure itself is the answer.
    if (trial.is_exhausted()) trial.fail_exhausted();
    if (auto layer = trial.attempt(*candidate)) return std::move(*layer);
  }
  trial.fail(gathered.candidates.cut_short());
}

}  // namespace imgcrypt::streamproc
