#include "layer/wrapped_keys.hpp"

#include "base/cancel.hpp"
#include "base/encoding.hpp"
#include "keywrap/provider.hpp"
#include "keywrap/schemes.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>

namespace imgcrypt {
namespace {

constexpr const char* kPublicOptions = "org.opencontainers.image.enc.pubopts";
constexpr std::string_view kKeysPrefix = "org.opencontainers.image.enc.keys.";

Bytes decode_packet(std::string_view text, const std::string& annotation) {
  if (text.size() > (kMostPacketBytes + 2) / 3 * 4) {
    throw Error(ErrorCode::kRefused, annotation + ": a wrapped key of more than 64 KiB");
  }
  auto packet = decode_base64(text, Base64::kStandard);
  if (!packet) throw Error(ErrorCode::kIntegrity, annotation + ": not canonical base64");
  return std::move(*packet);
}

std::vector<Bytes> packets_of(const std::string& annotation, std::string_view value) {
  std::vector<Bytes> packets;
  while (!value.empty()) {
    if (packets.size() == kMostPackets) {
      throw Error(ErrorCode::kRefused,
                  annotation + ": more than " + std::to_string(kMostPackets) + " wrapped keys");
    }
    const std::size_t comma = value.find(',');
    packets.push_back(decode_packet(value.substr(0, comma), annotation));
    if (comma == std::string_view::npos) break;
    value.remove_prefix(comma + 1);
    if (value.empty()) throw Error(ErrorCode::kIntegrity, annotation + ": ends with a comma");
  }
  return packets;
}

std::string join(const std::vector<std::string>& lines, std::string_view none) {
  std::string joined;
  for (const std::string& line : lines) joined += (joined.empty() ? "" : ", ") + line;
  return joined.empty() ? std::string(none) : joined;
}

// The trial of each key with each packet that may be for it. Why each failed is kept for the error.
class Trial {
 public:
  std::optional<PrivateOptions> unwrap(const KeyUnwrapper& unwrapper, const Annotations& annotations) {
    bool is_tried = false;
    std::string reasons;
    for (const auto& [name, value] : annotations) {
      if (!name.starts_with(kKeysPrefix) || value.empty() || !unwrapper.reads(name)) continue;
      is_tried = true;
      if (auto options = try_packets(unwrapper, name, value, reasons)) return options;
    }
    if (is_tried) tried_.push_back(unwrapper.description() + reasons);
    return std::nullopt;
  }

  [[noreturn]] void fail(const Annotations& annotations) const {
    const std::string tried = "keys tried: " + join(tried_, "none of them is for this");
    if (integrity_) throw Error(ErrorCode::kIntegrity, integrity_->message() + "; " + tried);
    throw Error(
        is_provider_failure_ ? ErrorCode::kProvider : ErrorCode::kNoKey,
        "no key opens it: wrapped for " + join(describe_recipients(annotations), "nobody") + "; " + tried,
        hint_.empty() ? "give the key of one of these recipients: a file, or provider:NAME" : hint_);
  }

 private:
  std::optional<PrivateOptions> try_packets(const KeyUnwrapper& unwrapper, const std::string& name,
                                            std::string_view value, std::string& reasons) {
    try {
      for (const Bytes& packet : packets_of(name, value)) {
        try {
          throw_if_cancelled();
          if (const auto options = unwrapper.unwrap(name, packet)) return PrivateOptions::parse(*options);
        } catch (const Error& error) {
          add_reason(error, reasons);
        }
      }
    } catch (const Error& error) {
      add_reason(error, reasons);
    }
    return std::nullopt;
  }

  void add_reason(const Error& error, std::string& reasons) {
    if (error.code() == ErrorCode::kCancelled) throw Error(error);
    if (error.code() == ErrorCode::kIntegrity && !integrity_) integrity_ = error;
    if (hint_.empty()) hint_ = error.hint();
    is_provider_failure_ = is_provider_failure_ || error.code() == ErrorCode::kProvider;
    if (reasons.find(error.message()) == std::string::npos)
      reasons += (reasons.empty() ? ": " : "; ") + error.message();
  }

  std::vector<std::string> tried_;
  std::string hint_;  // of the first reason that has one
  std::optional<Error> integrity_;
  bool is_provider_failure_ = false;
};

void describe_packets(const Scheme& scheme, const std::string& annotation, std::string_view value,
                      std::vector<std::string>& lines) {
  const std::string name(scheme.name);
  try {
    for (const Bytes& packet : packets_of(annotation, value)) {
      for (const std::string& line : scheme.describe(packet)) lines.push_back(name + " " + line);
    }
  } catch (const Error& error) {
    lines.push_back(name + " (cannot be read: " + error.message() + ")");
  }
}

}  // namespace

Annotations wrap_private_options(const PrivateOptions& options, const KeyWrappers& wrappers) {
  const SecretBytes json = options.to_json();
  Annotations annotations;
  for (const auto& wrapper : wrappers) {
    std::string& value = annotations[wrapper->annotation()];
    value += (value.empty() ? "" : ",") + encode_base64(wrapper->wrap(json), Base64::kStandard);
  }
  return annotations;
}

Annotations join_packets(const Annotations& old, const Annotations& added) {
  Annotations joined;
  for (const auto& [name, value] : added) {
    const auto present = old.find(name);
    const bool is_first = present == old.end() || present->second.empty();
    joined[name] = is_first ? value : present->second + "," + value;
    if (std::ranges::count(joined[name], ',') < static_cast<std::ptrdiff_t>(kMostPackets)) continue;
    throw Error(ErrorCode::kRefused, name + ": more than " + std::to_string(kMostPackets) + " wrapped keys",
                "remove recipients first");
  }
  return joined;
}

std::set<std::string> superseded_packets(const Annotations& old, const Annotations& now) {
  std::set<std::string> names;
  for (const auto& [name, value] : old) {
    if (name.starts_with(kKeysPrefix) && !now.contains(name)) names.insert(name);
  }
  return names;
}

void set_public_options(Annotations& annotations, const PublicOptions& public_options) {
  annotations[kPublicOptions] = encode_base64(as_bytes(public_options.to_json()), Base64::kStandard);
}

PrivateOptions unwrap_private_options(const Annotations& annotations, const KeyUnwrappers& unwrappers) {
  Trial trial;
  for (const auto& unwrapper : unwrappers) {
    if (auto options = trial.unwrap(*unwrapper, annotations)) return std::move(*options);
  }
  trial.fail(annotations);
}

PublicOptions public_options_of(const Annotations& annotations) {
  const auto found = annotations.find(kPublicOptions);
  if (found == annotations.end() || found->second.empty()) {
    throw Error(ErrorCode::kIntegrity, "the annotations of its encryption are missing",
                "a builder may have dropped them; take the image from where it was encrypted");
  }
  const Bytes json = decode_packet(found->second, kPublicOptions);
  return PublicOptions::parse(as_text(json));
}

std::vector<std::string> describe_recipients(const Annotations& annotations) {
  std::vector<std::string> lines;
  for (const auto& [name, value] : annotations) {
    if (!name.starts_with(kKeysPrefix) || value.empty()) continue;
    const auto scheme = std::ranges::find(schemes(), name, &Scheme::annotation);
    if (name.starts_with(kProviderAnnotationPrefix)) {
      lines.push_back("key provider " + name.substr(kProviderAnnotationPrefix.size()));
    } else if (scheme == schemes().end()) {
      lines.push_back(name.substr(kKeysPrefix.size()) + " (scheme not supported)");
    } else {
      describe_packets(*scheme, name, value, lines);
    }
  }
  return lines;
}

bool has_encryption_annotations(const Annotations& annotations) {
  const auto first = annotations.lower_bound(std::string(kEncryptionPrefix));
  return first != annotations.end() && first->first.starts_with(kEncryptionPrefix);
}

}  // namespace imgcrypt
