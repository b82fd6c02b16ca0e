// The lists that a registry gives: tags, and what refers to an image.
#include "oci/manifest.hpp"
#include "oci/media_types.hpp"
#include "transport/http/repeat.hpp"
#include "transport/http/transfer_error.hpp"
#include "transport/registry/registry_client.hpp"
#include "transport/registry/registry_words.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace imgcrypt {
namespace {

constexpr std::size_t kMostTags = 100'000;
constexpr std::size_t kMostListBytes = 4 * 1024 * 1024;  // of one page
constexpr std::size_t kMostPages = 1'000;

Error no_list(const HttpExchange& answer, const std::string& what, const Error& error) {
  return {ErrorCode::kRegistry,
          answer.request().url.authority() + " answers with something else than a list of " + what + ": " +
              error.message() + " (" + name_of(answer.request()) + ")",
          "check the host, and look with curl at what it answers"};
}

// A part of a list, which registries give page by page.
void add_tags(const HttpExchange& answer, const std::string& text, std::vector<std::string>& tags) try {
  check_json(text, {.members = kMostTags});
  const auto list = JsonView(text).find("tags");
  // What has no tags left is null to some registries.
  if (!list || list->text() == "null") return;
  for (const JsonView& tag : list->elements()) {
    tags.push_back(tag.string());
    // No reference could name it.
    if (!is_tag(tags.back()))
      throw Error(ErrorCode::kRegistry, "\"" + shortened(printable(tags.back()), 100) + "\" is not a tag");
  }
} catch (const Error& error) {
  throw no_list(answer, "tags", error);
}

void check_count(const std::vector<std::string>& tags) {
  if (tags.size() > kMostTags)
    throw Error(ErrorCode::kRegistry, "the repository has more than " + std::to_string(kMostTags) + " tags",
                "name the tag that you want, or list them with the registry's own tools");
}

// The pages of one list, as the registry links them.
class Pages {
 public:
  Pages(HttpRequest first, std::string what) : page_(std::move(first)), what_(std::move(what)) {}

  // nullopt after the last page.
  [[nodiscard]] const std::optional<HttpRequest>& page() const noexcept { return page_; }
  [[nodiscard]] bool is_first() const noexcept { return seen_.empty(); }
  // `answer` to the page names the next one.
  void turn(const HttpExchange& answer) {
    const Url& here = answer.request().url;
    seen_.insert(page_->url.string());
    const auto next = next_link(answer.head().find("Link").value_or(""));
    if (!next) return page_.reset();
    page_->url = here.resolved(*next);
    if (page_->url.authority() != here.authority())
      fail(here, "the next page of " + what_ + " would be at " + page_->url.authority());
    if (seen_.contains(page_->url.string())) fail(here, "the pages of " + what_ + " go round in a circle");
    if (seen_.size() == kMostPages)
      fail(here, what_ + " have more than " + std::to_string(kMostPages) + " pages");
  }

 private:
  [[noreturn]] static void fail(const Url& here, const std::string& why) {
    throw Error(ErrorCode::kRegistry, here.authority() + ": " + why,
                "tell the registry's administrator: its header Link is wrong");
  }

  std::optional<HttpRequest> page_;
  std::string what_;
  std::set<std::string> seen_;
};

// Distribution specification, "Listing Referrers": 404 where the registry has no such list. Older ones, and
// what is before them, know other words for it, and some answer anything with a page.
bool lacks_referrers_api(const HttpExchange& answer) {
  switch (answer.head().status) {
    case 400:
    case 404:
    case 405:
    case 406:
    case 501:
      return true;
    case 200:
      return media_type_of(answer.head()) != kOciIndex;
    default:
      return false;
  }
}

bool offers_referrers(const HttpExchange& answer) {
  return answer.head().status == 200 && media_type_of(answer.head()) == kOciIndex;
}

// Of an index; the member artifactType is in no Descriptor, since nothing else reads it.
std::vector<Referrer> listed_in(const HttpExchange& answer, const std::string& text,
                                const std::string& what) try {
  const Index index = Index::parse(text);
  std::vector<Referrer> listed;
  for (const Descriptor& descriptor : index.manifests()) listed.push_back({{descriptor, {}}, {}, {}});
  const auto list = JsonView(index.raw()).find("manifests");
  const auto entries = list ? list->elements() : std::vector<JsonView>();
  for (std::size_t i = 0; i < listed.size(); ++i) {
    const auto type = entries[i].find("artifactType");
    if (type) listed[i].artifact_type = type->lenient_string();
  }
  return listed;
} catch (const Error& error) {
  throw no_list(answer, what, error);
}

}  // namespace

std::vector<std::string> RegistryClient::tags() {
  const std::string what = "the tags of " + image().repository;
  std::vector<std::string> tags;
  for (Pages pages(request("GET", "tags/list"), what); pages.page();) {
    const auto answer = connection_.send(*pages.page());
    if (answer->head().status == 404) throw missing_repository();
    if (answer->head().status != 200) throw connection_.refusal(*answer, "list " + what);
    const std::string text = with_errors([&] { return answer->read_all(kMostListBytes); });
    refuse_page(*answer, text, what);
    add_tags(*answer, text, tags);
    check_count(tags);
    pages.turn(*answer);
  }
  std::ranges::sort(tags);  // as the standard wants it, but not every registry does it
  return tags;
}

bool RegistryClient::has_referrers_api(const Digest& subject) {
  const auto answer = connection_.send(request("GET", "referrers/" + subject.string()));
  return offers_referrers(*answer);
}

std::vector<Referrer> RegistryClient::referrers(const Digest& subject) {
  const std::string what = "what refers to " + subject.string() + " in " + image().repository;
  std::vector<Referrer> found;
  for (Pages pages(request("GET", "referrers/" + subject.string()), what); pages.page();) {
    const auto answer = connection_.send(*pages.page());
    if (pages.is_first() && lacks_referrers_api(*answer)) return referrers_by_tag(subject, what);
    if (!offers_referrers(*answer)) throw connection_.refusal(*answer, "list " + what);
    const auto more = listed_in(*answer, read_text(*answer, what), what);
    found.insert(found.end(), more.begin(), more.end());
    if (found.size() > kMostManifests) return found;
    pages.turn(*answer);
  }
  return found;
}

std::vector<Referrer> RegistryClient::referrers_by_tag(const Digest& subject, const std::string& what) {
  const auto answer = ask_for_manifest(referrers_tag(subject));
  if (answer->head().status == 404) return {};
  return listed_in(*answer, manifest_in(*answer).text, what);
}

}  // namespace imgcrypt
