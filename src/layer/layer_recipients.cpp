#include "layer/layer_recipients.hpp"

#include "keywrap/provider/provider.hpp"
#include "keywrap/schemes.hpp"
#include "layer/packets.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>

namespace imgcrypt {
namespace {

DescribedRecipient without_details(std::string scheme, std::string problem) {
  return {.scheme = std::move(scheme),
          .algorithm = {},
          .key_kind = {},
          .fingerprint = {},
          .problem = std::move(problem)};
}

std::vector<DescribedRecipient> describe_packet(const Scheme& scheme, const std::string& annotation,
                                                std::string_view text) {
  try {
    return scheme.describe(parse_packet(annotation, text));
  } catch (const Error& error) {
    return {without_details(std::string(scheme.name), "cannot be read: " + error.message())};
  }
}

class Description {
 public:
  explicit Description(std::size_t most) : most_(most) {}

  void add(const std::string& annotation, std::string_view value) {
    const auto scheme = std::ranges::find(schemes(), annotation, &Scheme::annotation);
    if (annotation.starts_with(kProviderAnnotationPrefix)) {
      add(annotation, 0,
          {without_details("provider:" + annotation.substr(kProviderAnnotationPrefix.size()), {})});
    } else if (scheme == schemes().end()) {
      add(annotation, 0, {without_details(annotation.substr(kKeysPrefix.size()), "scheme not supported")});
    } else {
      const std::vector<std::string_view> packets = split_packets(value);
      for (std::size_t i = 0; i < packets.size(); ++i)
        add(annotation, i, describe_packet(*scheme, annotation, packets[i]));
    }
  }

  [[nodiscard]] LayerRecipients result() { return std::move(result_); }

 private:
  void add(const std::string& annotation, std::size_t packet, std::vector<DescribedRecipient> recipients) {
    for (std::size_t i = 0; i < recipients.size(); ++i) {
      if (result_.list.size() < most_) {
        result_.list.push_back({std::move(recipients[i]), annotation, packet, i});
      } else {
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
