#include "keywrap/parse_recipients.hpp"

#include "base/text/spelling.hpp"
#include "keys/named_file.hpp"
#include "keywrap/file_forms.hpp"
#include "keywrap/pkcs11/token_uri.hpp"
#include "keywrap/scheme_help.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <cctype>
#include <map>

namespace imgcrypt {
namespace {

// One gatherer for each scheme, in the table's order.
class Recipients {
 public:
  explicit Recipients(const GatherOptions& options) {
    for (const Scheme* scheme : schemes()) gatherers_.push_back({scheme, scheme->gather(options)});
  }

  void add(const std::string& recipient, const TakeRemark& remark) {
    const auto named = parse_scheme_string(recipient);
    if (!named) fail(recipient);
    if (named->value.empty())
      throw Error(ErrorCode::kUsage, "nothing comes after the colon",
                  "write " + std::string(named->scheme->recipient_form));
    const auto row = std::ranges::find(gatherers_, named->scheme, &Row::scheme);
    row->gatherer->add(named->value, remark);
  }

  KeyWrappers finish() {
    KeyWrappers wrappers;
    for (const Row& row : gatherers_) {
      for (auto& wrapper : row.gatherer->wrappers()) wrappers.push_back(std::move(wrapper));
    }
    return wrappers;
  }

 private:
  struct Row {
    const Scheme* scheme;
    std::unique_ptr<RecipientGatherer> gatherer;
  };

  [[noreturn]] static void fail(const std::string& recipient) {
    const std::size_t colon = recipient.find(':');
    const std::string scheme = recipient.substr(0, colon);
    // A path with a colon in it, for one, does not name a scheme; the message would mislead.
    const bool names_scheme =
        colon > 0 && colon < recipient.size() - 1 &&
        std::ranges::all_of(scheme, [](unsigned char c) { return std::isalnum(c) != 0; });
    throw Error(
        ErrorCode::kUsage,
        names_scheme ? "the scheme " + scheme + " is not supported" : "not a recipient of a known scheme",
        "write " + recipient_forms());
  }

  std::vector<Row> gatherers_;
};

// Public keys of RSA in a line have hundreds of characters, and their beginnings tell them apart from others.
std::string shown(const std::string& recipient) {
  constexpr std::size_t kMost = 200;
  const std::size_t value = kTokenUriScheme.size();
  const bool is_of_token = lower_case(recipient.substr(0, value)) == kTokenUriScheme;
  return shortened(is_of_token ? recipient.substr(0, value) + shown_token_key(recipient.substr(value))
                               : with_hidden_pin(recipient),
                   kMost);
}

// More packets than readers take would make an image that nobody opens.
void check_readable(const KeyWrappers& wrappers) {
  std::map<std::string, std::size_t> packets;
  for (const auto& wrapper : wrappers) {
    if (++packets[wrapper->annotation()] <= kMostPackets) continue;
    throw Error(ErrorCode::kUsage, "more than " + std::to_string(kMostPackets) + " recipients of one scheme",
                "give fewer recipients");
  }
}

}  // namespace

KeyWrappers parse_recipients(const std::vector<RecipientText>& recipients,
                             const std::shared_ptr<KeyProviders>& providers, const TakeRemark& remark,
                             RecipientNames names) {
  Recipients parsed({providers, names});
  for (const RecipientText& recipient : recipients) {
    const std::string start =
        (recipient.place.empty() ? "" : recipient.place + ": ") + "recipient " + shown(recipient.text);
    try {
      parsed.add(recipient.text,
                 [&](Remark weight, const std::string& text) { remark(weight, start + ": " + text); });
    } catch (const Error& error) {
      const Error about = about_argument(start, error);
      // A program that is missing is no fault of the recipient.
      const bool is_of_program = error.code() == ErrorCode::kProvider && !error.hint().empty();
      const std::string meant = is_of_program ? "" : hint_for_recipient(recipient.text);
      throw Error(about.code(), about.message(), meant.empty() ? about.hint() : meant);
    }
  }
  KeyWrappers wrappers = parsed.finish();
  check_readable(wrappers);
  return wrappers;
}

KeyWrappers parse_recipients(const std::vector<std::string>& recipients,
                             const std::shared_ptr<KeyProviders>& providers, const TakeRemark& remark,
                             RecipientNames names) {
  std::vector<RecipientText> texts;
  for (const std::string& recipient : recipients) texts.push_back({recipient});
  return parse_recipients(texts, providers, remark, names);
}

}  // namespace imgcrypt
