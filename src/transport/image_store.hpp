// Where images are read from and written to: the two interfaces that a transport implements, and a third that
// only some stores can. The use cases of src/image see nothing else of a transport. Sources and destinations
// are safe for use by several threads, except that nothing runs at the same time as commit(), the last call.
//
// Every method throws kRegistry when the store refuses to answer, kNetwork when it cannot be reached (already
// after the transport's own retries), kCancelled after a signal, and kOther for failures of the system.
// kNotFound means that the store says that it lacks the blob, and nothing else: only then may an index go on
// without one of its children.
#pragma once

#include "base/stream/chunk_pool.hpp"
#include "base/stream/stream.hpp"
#include "oci/descriptor.hpp"

#include <imgcrypt/error.hpp>

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt {

// The root document of an image. `raw` is the text that its descriptor has in the store's own list of images
// (an entry of index.json), so that a destination can keep members that we do not know; empty where a store
// has no such list.
struct RootDescriptor {
  Descriptor descriptor;
  std::string raw;
};

// A manifest or index that refers to another one by its digest, such as a signature or an SBOM. It fits that
// very document, and no other that is made of it.
struct Referrer {
  RootDescriptor root;
  std::string artifact_type;  // what it is, if the store says so (OCI image specification, `artifactType`)
  // By which cosign finds what names no subject: "sha256-HEX.sig", ".att" or ".sbom". Empty for one that
  // names its subject.
  std::string tag;
};

// One image of a store, found when the source was opened.
class ImageSource {
 public:
  virtual ~ImageSource() = default;
  // The image that the reference named when the source was opened; it stays so if the name moves on
  // meanwhile. Valid for as long as the source.
  [[nodiscard]] virtual const RootDescriptor& root() const = 0;
  // The blob's bytes, in chunks of the pool. Size and digest are checked while they are read, so that a
  // damaged blob never reaches its verified end (kIntegrity). Each call begins at the first byte, and several
  // may be open. Pool and source must outlive what is returned. Throws kNotFound; kRefused when a file is not
  // a regular one.
  [[nodiscard]] virtual std::unique_ptr<Source> open(const Descriptor& blob, ChunkPool& pool) = 0;
  // Whether open() would find it, without reading it: for dry runs and quick checks. Throws as open(), and
  // kIntegrity when its size differs from the descriptor's.
  virtual void check_presence(const Descriptor& blob) = 0;
  // What refers to this manifest or index (distribution specification, "Listing Referrers"; cosign's tags),
  // each once, and open() reads them and what they list. None where a store does not know. The store's word:
  // whether they name that subject shows only when they are read. Throws as open(), and kIntegrity or
  // kRefused for a list that cannot be read.
  [[nodiscard]] virtual std::vector<Referrer> referrers(const Descriptor& /*subject*/) { return {}; }
};

// How a store is to keep what is put as a blob.
enum class BlobKind {
  kPlain,   // what manifests list, and layers that an index lists itself
  kListed,  // what else an index lists and nobody looks into: registries keep it among their manifests
};

// What is known about a blob before it is put.
struct BlobInfo {
  std::string media_type;  // as its descriptor will name it
  std::uint64_t size = 0;  // bytes
  // Given for a blob that is copied as it is; then it is also the name. The digest of one that is made on the
  // way (encrypted, decrypted) is known only at its end, and made with `algorithm`.
  std::optional<Digest> digest = std::nullopt;
  HashAlgorithm algorithm = HashAlgorithm::kSha256;
  BlobKind kind = BlobKind::kPlain;
  // Of such a blob: the one that it is made from, which tells it from others of the same size.
  std::optional<Digest> made_from = std::nullopt;
  // Told how many of its bytes have left us, again and again, from 0 on, by destinations that send it: these
  // may lag far behind what was read. Less than before when a part is sent again. Called by the thread that
  // puts the blob. Empty: nobody wants to know.
  std::function<void(std::uint64_t bytes)> on_sent = {};
};

// An image that is going to be put, as far as that is known before.
struct ExpectedImage {
  std::vector<BlobInfo> blobs;  // each once, in the order of the image; some may turn out to be missing
  // For each manifest the media types of its layers, as they will be.
  std::vector<std::vector<std::string>> manifests;
  std::optional<Digest> root = std::nullopt;  // if no document changes
  bool is_drawn = false;                      // keys are drawn for it, so that nobody can foretell its digest
};

// Where images are whose name was given to another one: among what a SharedStore lists or prunes, if the
// store is one; or not listed any more, but readable by whoever knows their digest.
enum class FormerImages { kShared, kReadable };

// Where the blobs of one image go.
class BlobDestination {
 public:
  virtual ~BlobDestination() = default;
  // Whether the store holds the blob, intact: a local one reads all of it. The blob counts as put, and
  // commit() fails (kOther) if somebody removes it in between.
  [[nodiscard]] virtual bool has(const Descriptor& blob) = 0;
  // Takes the blob over from the image that is read, without moving or reading it, where both share a store
  // (TransportOptions::origin). It is then as good as it was there: only its presence and size are checked.
  // False when that is impossible; then has() and put_blob() remain. Counts as put, like has().
  [[nodiscard]] virtual bool adopt(const Descriptor& blob) = 0;
  // Reads the content to its verified end and returns its digest. May keep chunks, at most
  // ChunkPool::kMostKept / 2, and read them in other threads. Several blobs may be put at the same time, also
  // equal ones. Throws what `content` throws, kIntegrity when size or digest is not the expected one, and
  // kNetwork when the content was lost on the way: the caller must then make it anew, since a source cannot
  // be read twice. After an exception nothing of this blob is left.
  virtual Digest put_blob(const BlobInfo& info, Source& content) = 0;
};

// A place for one image. Nothing is visible before commit(); what was put and not committed is gone when the
// destination is destroyed, apart from what a store cannot take back (an upload that a registry expires
// itself).
class ImageDestination : public BlobDestination {
 public:
  // To be called before a byte is moved, so that hours of work do not end with an error that was known at the
  // start. Throws what would keep commit() from succeeding, as far as that can be known: kUsage; kRefused and
  // kIntegrity for a store that cannot be read. Changes nothing.
  virtual void check() = 0;
  // Tells, after check(), what will be put: a store that holds only some images refuses others before a byte
  // is moved (kRefused), and one that has an order plans it. What is put may differ: a blob that is lost on
  // the way is put again.
  virtual void expect(const ExpectedImage& /*image*/) {}
  // Whether blobs go one after the other, as into a pipe. If several are put at the same time, all but one
  // wait; so who puts them needs only one thread, and whoever puts them in the order of the image always
  // makes the same.
  [[nodiscard]] virtual bool is_sequential() const noexcept { return false; }
  // A manifest or an index. Blobs and documents that it lists are put before it, as registries require
  // (distribution specification, "Pushing Manifests"). REQUIRES: the descriptor is that of `text`.
  virtual void put_document(const Descriptor& descriptor, std::string_view text) = 0;
  // Announces a referrer that commit() makes visible together with the image, under its tag if it has one;
  // its documents and blobs are put like the image's. To be called after check() and before anything is put.
  // Throws kRefused where a store has no place for it.
  virtual void add_referrer(const Referrer& /*referrer*/) {
    throw Error(ErrorCode::kRefused, "the destination has no place for signatures and other referrers",
                "leave out --referrers copy, or write to oci:, oci-archive: or docker://");
  }
  // Makes the image visible under its name, at once, and durable. `root.raw` is the source's entry, or empty.
  // Returns the digest of another image that had the name before; nullopt when there was none. Throws kOther
  // when another program interfered (changed the image that is replaced in place, removed a blob); nothing is
  // visible then, unless the very last step failed, that of making it durable. REQUIRES: everything that the
  // root needs was put, found or adopted, or is allowed to be missing.
  virtual std::optional<Digest> commit(const RootDescriptor& root) = 0;
  // The image that has the name now, which commit() would take from it; nullopt when there is none. For dry
  // runs, after check(). Throws as check().
  [[nodiscard]] virtual std::optional<Digest> named_now() { return std::nullopt; }
  // What this tag beside the image names now, which a referrer that has it (add_referrer()) would take from
  // it; nullopt when there is no such tag. After check(). Throws as check().
  [[nodiscard]] virtual std::optional<Digest> tagged_now(const std::string& /*tag*/) { return std::nullopt; }
  // Which of these blobs the store would still give to whoever may read the image, because of others that it
  // holds: after commit(), or, in a dry run, after check(). Nothing is read. None of a SharedStore, which is
  // asked itself.
  [[nodiscard]] virtual std::set<Digest> still_held(const std::set<Digest>& /*blobs*/) { return {}; }
  // Whether documents are kept as they are put, so that who reads the image finds the same digest.
  [[nodiscard]] virtual bool keeps_documents() const noexcept { return true; }
  // After commit() of a store that does not keep documents: the root that reading the image gives.
  [[nodiscard]] virtual std::optional<Descriptor> remade_root() const { return std::nullopt; }
  // What becomes of the image that commit() returned.
  [[nodiscard]] virtual FormerImages former_images() const noexcept { return FormerImages::kShared; }
  // Deletes the image with this root, which commit() returned, as far as no other name of the store needs it.
  // Returns the names that do need its root, which then stays with all that it lists. REQUIRES:
  // former_images() is kReadable, commit() has returned.
  virtual std::vector<std::string> delete_former(const Digest& /*root*/) { return {}; }
};

// What a store lists: all that may need its blobs.
struct StoreContents {
  std::vector<RootDescriptor> images;  // in the order of the store's list
  std::vector<Digest> subjects;        // documents that the list itself refers to (`subject`)
  std::set<Digest> needed_besides;     // blobs that another program's list names, such as Docker's
};

struct StoredBlob {
  Digest digest;
  std::uint64_t size = 0;  // bytes
};

// What a writer that was killed has left; the next writer removes it.
struct UnfinishedBlob {
  std::string path;        // below the store
  std::uint64_t size = 0;  // bytes
};

// A store whose images share their blobs, and which we may list and tidy up: an OCI image layout. Used to
// find and remove blobs that no image needs any more (image/prune.hpp). Belongs to one thread.
class SharedStore {
 public:
  virtual ~SharedStore() = default;
  // All of it; nothing when the store does not exist yet. Throws kIntegrity or kRefused for a list that
  // cannot be read, or an entry of it: what that one needs is unknown.
  [[nodiscard]] virtual StoreContents contents() = 0;
  // The same without the images that a new one of the reference's name would replace. Throws also as
  // ImageDestination::check for a name that cannot be given.
  [[nodiscard]] virtual StoreContents contents_without_replaced() = 0;
  // One of the images of contents(). Throws kNotFound when it has gone since.
  [[nodiscard]] virtual std::unique_ptr<ImageSource> open_image(const Descriptor& image) = 0;
  // The image with this root, which the store need not list any more; its media type is not known. Null when
  // the root is not there.
  [[nodiscard]] virtual std::unique_ptr<ImageSource> open_former(const Digest& root) = 0;
  // Whether a blob of that name is there; it is not read.
  [[nodiscard]] virtual bool has_blob(const Digest& blob) = 0;
  // All blobs by their names, listed or not; they are not read. Files of other names or kinds are not blobs.
  [[nodiscard]] virtual std::vector<StoredBlob> blobs() = 0;

  // What the next call of remove_blobs() removes besides. Nothing of writers that are still at work.
  [[nodiscard]] virtual std::vector<UnfinishedBlob> unfinished() = 0;

  // Is given what the store lists while it is locked, and returns the blobs to remove.
  using ChooseBlobs = std::function<std::set<Digest>(const StoreContents& contents)>;
  // Removes what `choose` returns, while no writer can add an image that needs it, and returns it as well.
  // Blobs that are gone already are not an error. Waits for the lock. Throws what `choose` throws, and
  // kNotFound when the store does not exist.
  virtual std::set<Digest> remove_blobs(const ChooseBlobs& choose) = 0;
};

}  // namespace imgcrypt
