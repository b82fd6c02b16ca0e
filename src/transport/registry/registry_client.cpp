#include "transport/registry/registry_client.hpp"

#include "oci/manifest.hpp"
#include "oci/media_types.hpp"
#include "transport/http/repeat.hpp"
#include "transport/http/transfer_error.hpp"
#include "transport/http/waiting.hpp"
#include "transport/registry/registry_words.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace imgcrypt {
namespace {

constexpr std::size_t kMostTags = 100'000;
constexpr std::size_t kMostListBytes = 4 * 1024 * 1024;  // of one page
constexpr std::size_t kMostPages = 1'000;

bool is_missing(const HttpExchange& answer) { return answer.head().status == 404; }

std::string read_text(HttpExchange& answer, const std::string& what) try {
  return with_errors([&] { return answer.read_all(kMostDocumentBytes); });
} catch (const Error& error) {
  throw error.in(what);
}

// A manifest is its bytes as they are sent. What is packed on the way has another digest, and was not asked
// for.
void require_identity(const HttpExchange& answer, const std::string& what) {
  const std::string encoding = answer.head().find("Content-Encoding").value_or("identity");
  if (encoding == "identity") return;
  throw Error(ErrorCode::kRegistry,
              answer.request().url.authority() + " answers with " + what + " in the encoding " +
                  shortened(printable(encoding), 40) + ", which was not asked for",
              "its administrator must turn off compression for manifests, also in a proxy before it");
}

// A part of a list, which registries give page by page.
void add_tags(const HttpExchange& answer, const std::string& text, std::vector<std::string>& tags) try {
  check_json(text, {.members = kMostTags});
  const auto list = JsonView(text).find("tags");
  // What has no tags left is null to some registries.
  if (!list || list->text() == "null") return;
  for (const JsonView& tag : list->elements()) tags.push_back(tag.string());
} catch (const Error& error) {
  throw Error(ErrorCode::kRegistry,
              answer.request().url.authority() + " answers with something else than a list of tags: " +
                  error.message() + " (" + name_of(answer.request()) + ")",
              "check the host, and look with curl at what it answers");
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
std::vector<Referrer> listed_in(const std::string& text) {
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
}

bool lacks_listed(const Error& refusal) {
  return refusal.message().find("MANIFEST_BLOB_UNKNOWN") != std::string::npos;
}

// Others take no types of layers but those that they know, and say so only now.
Error explained(const Error& refusal, const std::string& media_type, std::string_view manifest) {
  // Some registries take no index unless they have all that it lists.
  if (is_index(media_type) && lacks_listed(refusal))
    return {refusal.code(), refusal.message() + "; the index lists manifests that the source does not have",
            "write only the platforms that are there, with --platform, or take them from a whole image"};
  const std::size_t end = manifest.find("+encrypted\"");
  const std::size_t begin = end == std::string_view::npos ? end : manifest.rfind('"', end);
  if (begin == std::string_view::npos) return refusal;
  const std::string type(manifest.substr(begin + 1, manifest.find('"', end) - begin - 1));
  return {refusal.code(),
          refusal.message() + "; its layers are uploaded, and of the type " + shortened(printable(type), 100),
          "if the registry does not allow this type, its administrator must, or write to another registry"};
}

}  // namespace

std::string accepted_documents() {
  return std::string(kOciManifest) + ", " + std::string(kOciIndex) +
         ", application/vnd.docker.distribution.manifest.v2+json"
         ", application/vnd.docker.distribution.manifest.list.v2+json";
}

std::string referrers_tag(const Digest& subject) { return subject.algorithm_name() + "-" + subject.hex(); }

std::string media_type_of(const HttpHead& head) {
  std::string type = head.find("Content-Type").value_or("");
  type.resize(std::min(type.size(), type.find(';')));
  while (type.ends_with(' ')) type.pop_back();
  return type.size() <= kMostMediaTypeBytes ? type : std::string();
}

HttpRequest RegistryClient::request(const std::string& method, const std::string& path) {
  return {method, connection_.url(path)};
}

std::optional<RegistryManifest> RegistryClient::get_manifest(const std::string& name) {
  HttpRequest get = request("GET", "manifests/" + name);
  get.headers = {{"Accept", accepted_documents()}};
  const auto answer = connection_.send(std::move(get));
  if (is_missing(*answer)) return std::nullopt;
  if (answer->head().status != 200) throw connection_.refusal(*answer, "read " + image().name_on_host());
  RegistryManifest manifest;
  const std::string what = "the manifest of " + image().name_on_host();
  require_identity(*answer, what);
  manifest.text = read_text(*answer, what);
  refuse_page(*answer, manifest.text, what);
  manifest.media_type = media_type_of(answer->head());
  manifest.digest = Digest::parse_if_valid(answer->head().find("Docker-Content-Digest").value_or(""));
  return manifest;
}

std::optional<RegistryName> RegistryClient::find_manifest(const std::string& name) {
  HttpRequest head = request("HEAD", "manifests/" + name);
  head.headers = {{"Accept", accepted_documents()}};
  const auto answer = connection_.send(std::move(head));
  if (is_missing(*answer)) return std::nullopt;
  if (answer->head().status != 200) throw connection_.refusal(*answer, "look at " + image().name_on_host());
  const auto digest = Digest::parse_if_valid(answer->head().find("Docker-Content-Digest").value_or(""));
  const std::string etag = answer->head().find("ETag").value_or("");
  if (digest) return RegistryName{*digest, etag};
  const auto manifest = get_manifest(name);
  if (!manifest) return std::nullopt;
  return RegistryName{Digest::of(as_bytes(manifest->text)), etag};
}

std::unique_ptr<HttpExchange> RegistryClient::try_put(const std::string& name, const std::string& media_type,
                                                      std::string_view text, const std::string& etag) {
  TextBody body(text);
  HttpRequest put = request("PUT", "manifests/" + name);
  put.headers = {{"Content-Type", media_type}};
  if (!etag.empty()) put.headers.push_back({"If-Match", etag});
  put.body = &body;
  return connection_.send(std::move(put));
}

bool RegistryClient::put_manifest(const std::string& name, const std::string& media_type,
                                  std::string_view text, Listed listed, const std::string& etag) {
  auto answer = try_put(name, media_type, text, etag);
  for (Backoff backoff(connection_.retries());; answer = try_put(name, media_type, text, etag)) {
    const int status = answer->head().status;
    if (status == 412) return false;
    if (status >= 200 && status < 300) break;
    const Error refusal = connection_.refusal(
        *answer, "put manifest " + name + " (" + media_type + ") into " + image().repository);
    if (listed == Listed::kThere && lacks_listed(refusal) && backoff.wait()) continue;
    throw status == 400 || status == 415 || status == 422 ? explained(refusal, media_type, text) : refusal;
  }
  const auto digest = Digest::parse_if_valid(answer->head().find("Docker-Content-Digest").value_or(""));
  if (digest && *digest != Digest::of(as_bytes(text), digest->algorithm()))
    throw Error(ErrorCode::kRegistry,
                image().host + " has stored another manifest in " + image().repository +
                    " than the one that was put: " + digest->string(),
                "push again; if it stays so, write to another registry, and tell its administrator");
  return true;
}

bool RegistryClient::delete_manifest(const Digest& digest) {
  const auto answer = connection_.send(request("DELETE", "manifests/" + digest.string()));
  if (is_missing(*answer)) return false;
  const int status = answer->head().status;
  if (status >= 200 && status < 300) return true;
  const Error refusal =
      connection_.refusal(*answer, "delete manifest " + digest.string() + " of " + image().repository);
  if (status != 405) throw Error(refusal);
  throw Error(refusal.code(), refusal.message(),
              "have its administrator allow it, or delete the manifest; Docker's registry needs "
              "REGISTRY_STORAGE_DELETE_ENABLED=true");
}

std::vector<std::string> RegistryClient::tags() {
  const std::string what = "the tags of " + image().repository;
  std::vector<std::string> tags;
  for (Pages pages(request("GET", "tags/list"), what); pages.page();) {
    const auto answer = connection_.send(*pages.page());
    if (is_missing(*answer))
      throw Error(ErrorCode::kNotFound, image().host + " has no repository " + image().repository,
                  "check the spelling of " + image().repository);
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
    if (pages.is_first() && lacks_referrers_api(*answer)) return referrers_by_tag(subject);
    if (!offers_referrers(*answer)) throw connection_.refusal(*answer, "list " + what);
    const auto more = listed_in(read_text(*answer, what));
    found.insert(found.end(), more.begin(), more.end());
    if (found.size() > kMostManifests) return found;
    pages.turn(*answer);
  }
  return found;
}

std::vector<Referrer> RegistryClient::referrers_by_tag(const Digest& subject) {
  const auto manifest = get_manifest(referrers_tag(subject));
  return manifest ? listed_in(manifest->text) : std::vector<Referrer>();
}

}  // namespace imgcrypt
