#include "transport/registry/registry_destination.hpp"

#include "base/parallel.hpp"
#include "base/text/json.hpp"
#include "oci/manifest.hpp"
#include "oci/media_types.hpp"
#include "transport/registry/blob_download.hpp"
#include "transport/registry/delete_image.hpp"
#include "transport/registry/publish_referrer.hpp"

#include <algorithm>
#include <utility>

namespace imgcrypt {
namespace {

constexpr unsigned kLooksAtOnce = 8;

// A registry wants a type, which OCI lets a document and its descriptor leave out.
std::string type_for(const Descriptor& descriptor, std::string_view text) {
  if (!descriptor.media_type.empty()) return descriptor.media_type;
  const JsonView document(text);
  const std::string own = parse_media_type(document);
  if (!own.empty()) return own;
  return std::string(document.find("manifests") ? kOciIndex : kOciManifest);
}

}  // namespace

RegistryDestination::RegistryDestination(std::unique_ptr<RegistryClient> client, RegistryTarget target)
    : client_(std::move(client)), target_(std::move(target)) {}

RegistryDestination::~RegistryDestination() = default;

void RegistryDestination::check() {
  UploadSession session = UploadSession::start(client_->connection());
  {
    const std::scoped_lock lock(mutex_);
    spare_.push_back(std::move(session));
  }
  if (!target_.replaced || target_.name.tag.empty()) return;
  const auto now = current();
  if (!now || now->digest != *target_.replaced) throw moved(now);
}

Error RegistryDestination::refused(const std::string& why) const {
  const RegistryReference& name = target_.name;
  return {
      ErrorCode::kRefused, "destination " + name.string() + ": " + why,
      "write docker://" + name.host + "/" + name.repository + (name.tag.empty() ? ":TAG" : ":" + name.tag)};
}

void RegistryDestination::expect(const ExpectedImage& image) {
  if (!is_wanted_by_digest()) return;
  if (image.is_drawn) throw refused("what is encrypted gets another digest each time");
  if (image.root && image.root != target_.name.digest)
    throw refused("the image has the digest " + image.root->string());
}

void RegistryDestination::note_there(const Digest& digest) {
  const std::scoped_lock lock(mutex_);
  there_.insert(digest);
}

bool RegistryDestination::has(const Descriptor& blob) {
  const BlobFinding found = find_blob(client_->connection(), blob);
  const bool is_there = found.is_there && found.size.value_or(blob.size) == blob.size;
  if (is_there) note_there(blob.digest);
  return is_there;
}

bool RegistryDestination::adopt(const Descriptor& blob) {
  if (!target_.source_repository) return false;
  if (*target_.source_repository == target_.name.repository) return has(blob);
  if (!paths_of(blob).front().starts_with("blobs/")) return false;
  RegistryConnection& connection = client_->connection();
  TextBody nothing({});
  HttpRequest post{"POST", connection.url("blobs/uploads/")
                               .with_query("mount", blob.digest.string())
                               .with_query("from", *target_.source_repository)};
  post.body = &nothing;
  post.cancel = Cancel::kDelayed;  // it may begin an upload
  const auto answer = connection.send(std::move(post));
  if (answer->head().status == 202) {  // it does not mount, and expects the blob
    UploadSession session(connection, *answer);
    const std::scoped_lock lock(mutex_);
    spare_.push_back(std::move(session));
  }
  const bool is_mounted = answer->head().status == 201;
  if (is_mounted) note_there(blob.digest);
  return is_mounted;
}

UploadSession RegistryDestination::take_session() {
  {
    const std::scoped_lock lock(mutex_);
    if (!spare_.empty()) {
      UploadSession session = std::move(spare_.back());
      spare_.pop_back();
      return session;
    }
  }
  return UploadSession::start(client_->connection());
}

Digest RegistryDestination::put_blob(const BlobInfo& info, Source& content) {
  if (info.kind == BlobKind::kListed) return put_listed(info, content);
  Digest digest = upload_blob(
      {client_->connection(), take_session(), upload_form_, target_.temporary_directory}, info, content);
  note_there(digest);
  return digest;
}

Digest RegistryDestination::put_listed(const BlobInfo& info, Source& content) {
  const Bytes bytes = read_all(content, kMostDocumentBytes, "an entry of an index");
  Digest digest = Digest::of(bytes, info.digest ? info.digest->algorithm() : info.algorithm);
  if (info.digest && *info.digest != digest)
    throw Error(
        ErrorCode::kIntegrity,
        "blob " + info.digest->string() + " is damaged: the digest of its content is " + digest.string(),
        "fetch the image again from an intact copy");
  (void)client_->put_manifest(digest.string(), info.media_type, as_text(bytes));
  note_there(digest);
  return digest;
}

void RegistryDestination::put_document(const Descriptor& descriptor, std::string_view text) {
  if (!is_wanted_by_digest()) put_held();
  const std::scoped_lock lock(mutex_);
  held_.push_back({descriptor, std::string(text)});
}

void RegistryDestination::put_held() {
  std::vector<Document> documents;
  {
    const std::scoped_lock lock(mutex_);
    documents = std::exchange(held_, {});
  }
  for (const Document& document : documents) (void)put(document.descriptor.digest.string(), document);
}

bool RegistryDestination::put(const std::string& name, const Document& document, const std::string& etag) {
  const std::string type = type_for(document.descriptor, document.text);
  const bool is_put = client_->put_manifest(name, type, document.text, listed_by(type, document.text), etag);
  if (is_put) note_there(document.descriptor.digest);
  return is_put;
}

Listed RegistryDestination::listed_by(const std::string& media_type, const std::string& text) {
  const std::scoped_lock lock(mutex_);
  const auto is_there = [this](const Descriptor& descriptor) { return there_.contains(descriptor.digest); };
  bool are_there = false;
  try {
    if (is_index(media_type)) {
      are_there = std::ranges::all_of(Index::parse(text).manifests(), is_there);
    } else if (is_manifest(media_type)) {
      const Manifest manifest = Manifest::parse(text);
      are_there = is_there(manifest.config()) && std::ranges::all_of(manifest.layers(), is_there);
    }
  } catch (const Error&) {
    // Odd documents are put as well, as they are.
  }
  return are_there ? Listed::kThere : Listed::kUnknown;
}

// An image that was there already has no document that was put: the registry has it.
RegistryDestination::Document RegistryDestination::take_root(const Descriptor& root) {
  if (!held_.empty() && held_.back().descriptor.digest == root.digest) {
    Document document = std::move(held_.back());
    held_.pop_back();
    put_held();
    return document;
  }
  put_held();
  auto manifest = client_->get_manifest(root.digest.string());
  if (!manifest || Digest::of(as_bytes(manifest->text), root.digest.algorithm()) != root.digest)
    throw Error(ErrorCode::kOther,
                "another program removed manifest " + root.digest.string() + " while this one ran",
                "run it again");
  return {root, std::move(manifest->text)};
}

std::optional<RegistryName> RegistryDestination::current() {
  return client_->find_manifest(target_.name.tag);
}

Error RegistryDestination::moved(const std::optional<RegistryName>& now) const {
  return {ErrorCode::kOther,
          "another program changed " + target_.name.string() + " since it was read: it " +
              (now ? "is now " + now->digest.string() : "is gone") + ", and stays as it is",
          "run it again"};
}

void RegistryDestination::require_named(const Digest& root) {
  const auto now = current();
  if (now && now->digest == root) return;
  throw Error(ErrorCode::kOther,
              "another program wrote " + target_.name.string() + " at the same time: it is " +
                  (now ? "now " + now->digest.string() : "gone"),
              "run it again");
}

// Who changed an index at the same time may have overwritten it after it was seen there.
void RegistryDestination::publish_referrers() {
  std::vector<const Referrer*> in_index;
  for (const Referrer& referrer : referrers_) {
    if (publish_referrer(*client_, referrer) == FoundBy::kIndex) in_index.push_back(&referrer);
  }
  for (const Referrer* referrer : in_index) (void)publish_referrer(*client_, *referrer);
}

std::optional<Digest> RegistryDestination::commit(const RootDescriptor& root) {
  if (is_wanted_by_digest() && root.descriptor.digest != target_.name.digest)
    throw refused("the result has the digest " + root.descriptor.digest.string());
  const Document document = take_root(root.descriptor);
  publish_referrers();
  if (target_.name.tag.empty()) {
    (void)put(root.descriptor.digest.string(), document);
    return std::nullopt;
  }
  const auto before = current();
  if (target_.replaced && (!before || before->digest != *target_.replaced)) throw moved(before);
  // Registries that know If-Match close the gap between the look and the change.
  const std::string etag = target_.replaced ? before->etag : std::string();
  if (!put(target_.name.tag, document, etag)) throw moved(current());
  // Others leave it: of two who write at once, one has overwritten the other, who says so.
  if (target_.replaced) require_named(root.descriptor.digest);
  if (!before || before->digest == root.descriptor.digest) return std::nullopt;
  return before->digest;
}

std::optional<Digest> RegistryDestination::tagged_now(const std::string& tag) {
  const auto now = client_->find_manifest(tag);
  return now ? std::optional(now->digest) : std::nullopt;
}

std::optional<Digest> RegistryDestination::named_now() {
  if (target_.name.tag.empty()) return std::nullopt;
  const auto now = current();
  return now ? std::optional(now->digest) : std::nullopt;
}

std::set<Digest> RegistryDestination::still_held(const std::set<Digest>& blobs) {
  const std::vector<Digest> asked(blobs.begin(), blobs.end());
  std::set<Digest> held;
  StopFlag stop = false;
  run_parallel(asked.size(), kLooksAtOnce, stop, [&](std::size_t i) {
    const Descriptor layer{"application/vnd.oci.image.layer.v1.tar", asked[i], 0, {}, {}};
    if (!find_blob(client_->connection(), layer).is_there) return;
    const std::scoped_lock lock(mutex_);
    held.insert(asked[i]);
  });
  return held;
}

std::vector<std::string> RegistryDestination::delete_former(const Digest& root) {
  return delete_image(*client_, root);
}

}  // namespace imgcrypt
