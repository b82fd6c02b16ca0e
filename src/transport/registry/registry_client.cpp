#include "transport/registry/registry_client.hpp"

#include "oci/manifest.hpp"
#include "oci/media_types.hpp"
#include "transport/http/repeat.hpp"
#include "transport/http/transfer_error.hpp"
#include "transport/http/waiting.hpp"
#include "transport/registry/registry_words.hpp"

#include <algorithm>
#include <utility>

namespace imgcrypt {
namespace {

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

bool lacks_listed(const Error& refusal) {
  return refusal.message().find("MANIFEST_BLOB_UNKNOWN") != std::string::npos;
}

// Where a layer could be fetched from, too.
std::optional<std::size_t> first_with_urls(std::string_view manifest) {
  const Manifest parsed = Manifest::parse(std::string(manifest));
  const auto found = std::ranges::find_if(parsed.layers(), &Descriptor::has_urls);
  if (found == parsed.layers().end()) return std::nullopt;
  return static_cast<std::size_t>(found - parsed.layers().begin());
}

// Others take no types of layers but those that they know, and say so only now.
Error explained(const Error& refusal, const std::string& media_type, std::string_view manifest) {
  // Some registries take no index unless they have all that it lists.
  if (is_index(media_type) && lacks_listed(refusal))
    return {refusal.code(), refusal.message() + "; the index lists manifests that the source does not have",
            "write only the platforms that are there, with --platform, or take them from a whole image"};
  const auto elsewhere =
      lacks_listed(refusal) && is_manifest(media_type) ? first_with_urls(manifest) : std::nullopt;
  if (elsewhere)
    return {
        refusal.code(),
        refusal.message() + "; layer " + std::to_string(*elsewhere) +
            " has urls, which the registry may not allow",
        "have its administrator allow them (Docker's registry: validation.manifests.urls.allow), or write "
        "to another registry"};
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

std::string RegistryClient::read_text(HttpExchange& answer, const std::string& what) try {
  return with_errors([&] { return answer.read_all(kMostDocumentBytes); });
} catch (const Error& error) {
  throw error.in(what);
}

Error RegistryClient::missing_repository() const {
  return {ErrorCode::kNotFound, image().host + " has no repository " + image().repository,
          "check the spelling of " + image().repository};
}

std::unique_ptr<HttpExchange> RegistryClient::ask_for_manifest(const std::string& name) {
  HttpRequest get = request("GET", "manifests/" + name);
  get.headers = {{"Accept", accepted_documents()}};
  return connection_.send(std::move(get));
}

RegistryManifest RegistryClient::manifest_in(HttpExchange& answer) {
  if (answer.head().status != 200) throw connection_.refusal(answer, "read " + image().name_on_host());
  RegistryManifest manifest;
  const std::string what = "the manifest of " + image().name_on_host();
  require_identity(answer, what);
  manifest.text = read_text(answer, what);
  refuse_page(answer, manifest.text, what);
  manifest.media_type = media_type_of(answer.head());
  manifest.digest = Digest::parse_if_valid(answer.head().find("Docker-Content-Digest").value_or(""));
  manifest.etag = answer.head().find("ETag").value_or("");
  return manifest;
}

RegistryManifest RegistryClient::read_manifest() {
  const auto answer = ask_for_manifest(image().name_in_repository());
  if (answer->head().status != 404) return manifest_in(*answer);
  if (read_problem(*answer).codes.find("NAME_UNKNOWN") != std::string::npos) throw missing_repository();
  throw Error(ErrorCode::kNotFound, image().host + " has no image " + image().name_on_host(),
              "imgcrypt tags docker://" + image().host + "/" + image().repository +
                  " lists what is there, if the repository exists");
}

std::optional<RegistryManifest> RegistryClient::get_manifest(const std::string& name) {
  const auto answer = ask_for_manifest(name);
  return answer->head().status == 404 ? std::nullopt : std::optional(manifest_in(*answer));
}

std::optional<RegistryName> RegistryClient::find_manifest(const std::string& name) {
  HttpRequest head = request("HEAD", "manifests/" + name);
  head.headers = {{"Accept", accepted_documents()}};
  const auto answer = connection_.send(std::move(head));
  if (answer->head().status == 404) return std::nullopt;
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
    const bool is_of_content = status == 400 || status == 415 || status == 422 || lacks_listed(refusal);
    throw is_of_content ? explained(refusal, media_type, text) : refusal;
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
  if (answer->head().status == 404) return false;
  const int status = answer->head().status;
  if (status >= 200 && status < 300) return true;
  const Error refusal =
      connection_.refusal(*answer, "delete manifest " + digest.string() + " of " + image().repository);
  if (status != 405) throw Error(refusal);
  throw Error(refusal.code(), refusal.message(),
              "have its administrator allow it, or delete the manifest; Docker's registry needs "
              "REGISTRY_STORAGE_DELETE_ENABLED=true");
}

}  // namespace imgcrypt
