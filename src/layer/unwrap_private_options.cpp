#include "layer/unwrap_private_options.hpp"

#include "base/cancel.hpp"
#include "base/process/fork.hpp"
#include "keywrap/scheme_help.hpp"
#include "keywrap/schemes.hpp"
#include "layer/describe_recipients.hpp"
#include "layer/packets.hpp"
#include "layer/wrapped_keys.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>

namespace imgcrypt {
namespace {

// What an error says about recipients, keys and reasons: images may hold thousands, each as long as a packet.
constexpr std::size_t kMostListed = 8;
constexpr std::size_t kMostReasons = 3;
constexpr std::size_t kMostLength = 300;
constexpr std::size_t kMostListLength = 1'600;  // of each of two lists: a message has 4 KiB at most

// The first of `count` items that fit, and how many more there are.
std::string list(const std::vector<std::string>& items, std::size_t count, std::string_view none) {
  std::string text;
  std::size_t listed = 0;
  for (; listed < std::min(items.size(), kMostListed); ++listed) {
    if (listed > 0 && text.size() + items[listed].size() > kMostListLength) break;
    text += (listed == 0 ? "" : ", ") + items[listed];
  }
  if (count > listed) text += " and " + std::to_string(count - listed) + " more";
  return text.empty() ? std::string(none) : text;
}

// Why a key did not open a layer: each reason once, and no more than a few.
class Reasons {
 public:
  void add(const std::string& reason) {
    const std::string text = shortened(reason, kMostLength);
    if (reasons_.size() < kMostReasons && std::ranges::find(reasons_, text) == reasons_.end())
      reasons_.push_back(text);
  }

  [[nodiscard]] std::string text() const {
    std::string text;
    for (const std::string& reason : reasons_) text += (text.empty() ? ": " : "; ") + reason;
    return text;
  }

 private:
  std::vector<std::string> reasons_;
};

// Tries keys on packets, and keeps for the error why each of them failed.
class KeyTrial {
 public:
  KeyTrial(const Annotations& annotations, const KeyUnwrappers& unwrappers)
      : annotations_(annotations), unwrappers_(unwrappers) {}

  std::optional<PrivateOptions> unwrap() {
    std::optional<PrivateOptions> first;
    const Visit take = [&](PrivateOptions options) {
      first = std::move(options);
      return true;
    };
    for (const auto& unwrapper : unwrappers_) {
      if (open_with(*unwrapper, take)) break;
    }
    return first;
  }

  // Whether every packet that one of the keys opens has these.
  [[nodiscard]] bool all_have(const PrivateOptions& options) {
    const Visit differs = [&](const PrivateOptions& found) {
      return found.nonce != options.nonce || !equal_constant_time(found.key.expose(), options.key.expose());
    };
    return std::ranges::none_of(unwrappers_,
                                [&](const auto& unwrapper) { return open_with(*unwrapper, differs); });
  }

  // After a success.
  [[nodiscard]] std::string story() const {
    return "opened by " + opened_by_ + (tried_.empty() ? "" : "; not by " + list(tried_, tried_.size(), ""));
  }

  // The caller knows best what helps where it is: `cure` comes before the hints of reasons, unless something
  // is wrong with a key that may be the right one.
  [[noreturn]] void fail_with(const std::string& cure) {
    hint_ = code_ == ErrorCode::kNoKey || hint_.empty() ? std::string() : hint_ + "; or " + cure;
    fail(cure);
  }

  [[noreturn]] void fail(const std::string& cure) const {
    // No key would help: asking for one would be in vain.
    if (!integrity_) require_wrapped_keys(annotations_);
    if (unwrappers_.empty())
      throw Error(ErrorCode::kNoKey, "no key was given, and it is encrypted for " + recipients(), cure);
    std::string tried = "keys tried: " + list(tried_, tried_.size(), "none of them is for this");
    if (!untried_.empty()) tried += "; not for such layers: " + list(untried_, untried_.size(), "");
    if (integrity_)
      throw Error(ErrorCode::kIntegrity, shortened(integrity_->message(), kMostLength) + "; " + tried);
    throw Error(code_, "no key opens it: wrapped for " + recipients() + "; " + tried,
                is_of_other_schemes()
                    ? "keys of this kind cannot be read yet: use the program that encrypted it"
                : hint_.empty() ? cure
                                : hint_);
  }

 private:
  // Is given what a packet held, and returns whether that is enough.
  using Visit = std::function<bool(PrivateOptions)>;

  // Whether `visit` had enough before the packets ended.
  bool open_with(const KeyUnwrapper& unwrapper, const Visit& visit) {
    bool is_tried = false;
    // For each key anew, so that many recipients of one scheme do not use up the trials of the next key.
    Attempts attempts;
    Reasons reasons;
    for (const auto& [name, value] : annotations_) {
      if (!name.starts_with(kKeysPrefix) || value.empty() || !unwrapper.reads(name)) continue;
      is_tried = true;
      if (try_packets(unwrapper, name, value, attempts, reasons, visit)) {
        opened_by_ = name_of(unwrapper, name);
        return true;
      }
    }
    if (is_tried) {
      tried_.push_back(shortened(unwrapper.description(), kMostLength) + reasons.text());
    } else if (const std::string name = unwrapper.given(); !name.empty()) {
      untried_.push_back(shortened(name, kMostLength));
    }
    return false;
  }

  // One unwrapper stands for all key providers; the annotation says which one it was.
  static std::string name_of(const KeyUnwrapper& unwrapper, const std::string& annotation) {
    const Scheme* scheme = scheme_of(annotation);
    const bool is_provider = scheme != nullptr && scheme->provider_of != nullptr;
    return shortened(
        is_provider ? "key provider " + scheme->provider_of(annotation) : unwrapper.description(),
        kMostLength);
  }

  // Whether it is wrapped, but only by schemes that we do not have: then no key helps here.
  [[nodiscard]] bool is_of_other_schemes() const {
    bool is_wrapped = false;
    for (const auto& [name, value] : annotations_) {
      if (!name.starts_with(kKeysPrefix) || value.empty()) continue;
      is_wrapped = true;
      if (scheme_of(name) != nullptr) return false;
    }
    return is_wrapped;
  }

  [[nodiscard]] std::string recipients() const {
    const LayerRecipients described = describe_recipients(annotations_, kMostListed);
    std::vector<std::string> lines;
    for (const LayerRecipient& row : described.list)
      lines.push_back(shortened(row.recipient.text, kMostLength));
    return list(lines, lines.size() + described.omitted, "nobody");
  }

  bool try_packets(const KeyUnwrapper& unwrapper, const std::string& name, std::string_view value,
                   Attempts& attempts, Reasons& reasons, const Visit& visit) {
    try {
      for (const std::string_view text : packets_to_open(name, value)) {
        auto options = try_packet(unwrapper, name, text, attempts, reasons);
        if (options && visit(std::move(*options))) return true;
      }
    } catch (const Error& error) {
      note_failure(error, reasons);
    }
    return false;
  }

  // One that cannot be read must not hide the others of its annotation.
  std::optional<PrivateOptions> try_packet(const KeyUnwrapper& unwrapper, const std::string& name,
                                           std::string_view text, Attempts& attempts, Reasons& reasons) {
    try {
      // For each packet: an annotation may have 64, each as slow as a key in a cloud.
      throw_if_cancelled();
      if (const auto options = unwrapper.unwrap(name, parse_packet(name, text), attempts))
        return PrivateOptions::parse(*options);
    } catch (const Error& error) {
      // What is no packet at all says nothing of the others: the key may be none of theirs.
      const bool is_damage = error.code() != ErrorCode::kIntegrity || is_readable(name, text);
      note_failure(is_damage ? error : Error(ErrorCode::kNoKey, error.message()), reasons);
    }
    return std::nullopt;
  }

  static bool is_readable(const std::string& name, std::string_view text) {
    const LayerRecipients described = describe_recipients({{name, std::string(text)}}, 1);
    return !described.list.empty() && !described.list.front().recipient.is_damaged;
  }

  void note_failure(const Error& error, Reasons& reasons) {
    if (error.code() == ErrorCode::kCancelled || is_fork_failure(error)) throw Error(error);
    if (error.code() == ErrorCode::kIntegrity && !integrity_) integrity_ = error;
    if (hint_.empty()) hint_ = error.hint();
    // What went wrong with a key tells more than that others are the wrong ones.
    const bool is_worse = error.code() == ErrorCode::kProvider ||
                          (error.code() == ErrorCode::kUsage && code_ == ErrorCode::kNoKey);
    if (is_worse) {
      code_ = error.code();
      if (!error.hint().empty()) hint_ = error.hint();
    }
    reasons.add(error.message());
  }

  const Annotations& annotations_;
  const KeyUnwrappers& unwrappers_;
  std::string opened_by_;
  std::vector<std::string> tried_;
  std::vector<std::string> untried_;
  std::string hint_;  // of the first reason that has one
  std::optional<Error> integrity_;
  ErrorCode code_ = ErrorCode::kNoKey;
};

}  // namespace

PrivateOptions unwrap_private_options(const Annotations& annotations, const KeyUnwrappers& unwrappers,
                                      const std::string& cure,
                                      const std::function<void(const std::string&)>& tell) {
  KeyTrial trial(annotations, unwrappers);
  auto options = trial.unwrap();
  if (!options) {
    if (!cure.empty()) trial.fail_with(cure);
    trial.fail("give the key of one of these recipients: a file, or " + key_forms() +
               "; imgcrypt key show FILE tells which key a file holds");
  }
  if (tell) tell(trial.story());
  return std::move(*options);
}

void check_packets_agree(const Annotations& annotations, const KeyUnwrappers& unwrappers,
                         const PrivateOptions& options) {
  if (KeyTrial(annotations, unwrappers).all_have(options)) return;
  throw Error(ErrorCode::kIntegrity, "its wrapped keys are not the same for all recipients",
              "somebody may have changed the image; take it from where it was encrypted");
}

}  // namespace imgcrypt
