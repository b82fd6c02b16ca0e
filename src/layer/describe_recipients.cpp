#include "layer/describe_recipients.hpp"

#include "keywrap/schemes.hpp"
#include "layer/packets.hpp"

#include <imgcrypt/error.hpp>

namespace imgcrypt {
namespace {

std::vector<PacketRecipient> describe_packet(const Scheme& scheme, const std::string& annotation,
                                             std::string_view text) {
  try {
    return scheme.describe(annotation, parse_packet(annotation, text));
  } catch (const Error& error) {
    return {damaged_recipient(std::string(scheme.name), error.message())};
  }
}

// All packets together: without its provider nobody can tell more of them than whether they are packets at
// all.
std::vector<PacketRecipient> describe_opaque(const Scheme& scheme, const std::string& annotation,
                                             std::string_view value) {
  std::string problem;
  for (const std::string_view text : split_packets(value)) {
    try {
      (void)parse_packet(annotation, text);
      return scheme.describe(annotation, {});
    } catch (const Error& error) {
      problem = error.message();
    }
  }
  return {damaged_recipient(scheme.describe(annotation, {}).front().scheme, problem)};
}

class Description {
 public:
  explicit Description(std::size_t most) : most_(most) {}

  void add(const std::string& annotation, std::string_view value) {
    const Scheme* scheme = scheme_of(annotation);
    if (scheme == nullptr) {
      add(annotation, 0,
          {unusable_recipient(annotation.substr(kKeysPrefix.size()), {}, "scheme not supported")});
    } else if (scheme->packets_are_opaque) {
      add(annotation, 0, describe_opaque(*scheme, annotation, value));
    } else {
      const std::vector<std::string_view> packets = split_packets(value);
      for (std::size_t i = 0; i < packets.size(); ++i)
        add(annotation, i, describe_packet(*scheme, annotation, packets[i]));
    }
  }

  [[nodiscard]] LayerRecipients result() { return std::move(result_); }

 private:
  void add(const std::string& annotation, std::size_t packet, std::vector<PacketRecipient> recipients) {
    for (std::size_t i = 0; i < recipients.size(); ++i) {
      if (result_.list.size() < most_) {
        result_.list.push_back({std::move(recipients[i]), annotation, packet, i});
      } else {
        // Counted and not described: the texts of thousands would be kept otherwise.
        ++result_.omitted;
      }
    }
  }

  std::size_t most_;
  LayerRecipients result_;
};

}  // namespace

LayerRecipients describe_recipients(const Annotations& annotations, std::size_t most) {
  Description description(most);
  for (const auto& [name, value] : annotations) {
    if (name.starts_with(kKeysPrefix) && !value.empty()) description.add(name, value);
  }
  return description.result();
}

}  // namespace imgcrypt
