#include "image/change/plan_notes.hpp"

#include "base/text/short_list.hpp"
#include "image/tree/child_edits.hpp"
#include "image/tree/file_system.hpp"
#include "oci/layer_in_index.hpp"
#include "oci/media_types.hpp"

namespace imgcrypt {
namespace {

void warn_of(const std::vector<std::string>& places, const std::string& one, const std::string& several,
             Reporter& reporter) {
  if (!places.empty()) reporter.warn(short_list(places) + (places.size() == 1 ? one : several));
}

// In one walk; what is the same for several documents is said once.
class PlanNotes {
 public:
  PlanNotes(const ImagePlan& plan, ImageDestination& destination, Reporter& reporter)
      : plan_(plan), destination_(destination), reporter_(reporter), changed_(plan.changed_documents()) {
    for_each_document(plan.tree(), [&](const ImageNode& node, const Annotations&) {
      documents_.insert(node.descriptor.digest);
    });
  }

  void run() {
    for_each_layer(plan_.tree(), [&](const std::string&, const Descriptor& layer) {
      const LayerChange* change = plan_.change_of(layer);
      encrypts_ = encrypts_ || (change != nullptr && change->new_blob() == NewBlob::kRandom);
      decrypts_ = decrypts_ || (change != nullptr && change->new_blob() == NewBlob::kFixed);
    });
    visit(plan_.tree());
    reporter_.say_of_all(Importance::kNote, others_, "blobs of other types are kept as they are");
    reporter_.say_of_all(Importance::kWarning, readable_,
                         "layers are listed by an index itself, and not encrypted: everyone can read them");
    reporter_.say_of_all(Importance::kWarning, unread_,
                         "documents of other types are kept as they are: what they need or name is neither "
                         "copied nor changed");
    reporter_.say_of_all(Importance::kWarning, contained_,
                         "layers are documents, and what these name is not copied with them");
    reporter_.say_of_all(
        Importance::kNote, embedded_,
        "descriptors embed a copy of what they name (`data`): these copies are removed" + for_good("them"));
    reporter_.say_of_all(
        Importance::kWarning, differing_,
        "descriptors embed other content than they name (`data`): it is removed" + for_good("it"));
    reporter_.say_of_all(Importance::kWarning, urls_,
                         "descriptors name `urls` of what changes: these are removed" + for_good("them"));
    warn_of_missing(missing_, reporter_);
    warn_of(dangling_, " is about a document that changes, by its digest: nothing will find it there",
            " are about documents that change, by their digests: nothing will find them there", reporter_);
    reporter_.say_of_all(
        Importance::kWarning, alone_,
        "documents refer to others (`subject`) that are neither part of the image nor at the destination: "
        "nobody finds them there before those are copied, too");
    reporter_.say_of_all(
        Importance::kWarning, lost_,
        "attestations name manifests that their index does not list: nobody finds them there");
  }

 private:
  void visit(const ImageNode& node) {
    if (const auto* opaque = std::get_if<Opaque>(&node.document)) visit_opaque(node, *opaque);
    if (const auto* manifest = std::get_if<Manifest>(&node.document)) visit_layers(node, *manifest);
    if (const auto subject = subject_of(node)) visit_subject(node.place, *subject);
    if (const auto* index = std::get_if<Index>(&node.document)) visit_children(node, *index);
    for (const ImageNode& child : node.children) visit(child);
  }

  void visit_subject(const std::string& place, const Descriptor& subject) {
    if (changed_.contains(subject.digest)) {
      dangling_.push_back(place);
    } else if (!documents_.contains(subject.digest) && !destination_.has(subject)) {
      alone_.push_back(place + " refers to " + subject.digest.string() +
                       ", which is neither part of the image nor at the destination: nobody finds it there "
                       "before that is copied, too");
    }
  }

  void visit_children(const ImageNode& node, const Index& index) {
    std::set<std::string> listed;
    for (const ImageNode& child : node.children) listed.insert(child.descriptor.digest.string());
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      const ImageNode& child = node.children[i];
      const auto attested = subject_of(child.descriptor);
      if (attested && !listed.contains(*attested))
        lost_.push_back(child.place + " is an attestation of " + *attested +
                        ", which its index does not list: nobody finds it there");
      if (!changed_.contains(child.descriptor.digest)) continue;
      if (child.descriptor.has_data) note_data(child.place, index.raw(), "manifests", i);
      if (child.descriptor.has_urls) note_urls(child.place);
    }
  }

  void visit_opaque(const ImageNode& node, const Opaque& opaque) {
    if (opaque.is_missing) {
      missing_.push_back(node.place);
    } else if (encrypts_ && is_layer_in_index(node.descriptor) && !is_encrypted(node.descriptor.media_type)) {
      readable_.push_back("the layer " + node.place +
                          " is listed by the index itself, and not encrypted: everyone can read it");
    } else if (names_blobs(node.descriptor.media_type)) {
      unread_.push_back(node.place + " is kept as it is: its type is " + node.descriptor.media_type +
                        ", and what it needs or names is neither copied nor changed");
    } else {
      others_.push_back(node.place + " is kept as it is: its type is " + node.descriptor.media_type);
    }
  }

  void visit_layers(const ImageNode& node, const Manifest& manifest) {
    for (std::size_t i = 0; i < manifest.layers().size(); ++i) {
      const Descriptor& layer = manifest.layers()[i];
      if (is_manifest(layer.media_type) || is_index(layer.media_type))
        contained_.push_back(layer_place(node, i) +
                             " is a document, and what it names is not copied with it");
      if (!layer.has_data && !layer.has_urls) continue;
      const LayerChange* change = plan_.change_of(layer);
      const NewBlob blob = change == nullptr ? NewBlob::kNone : change->new_blob();
      if (layer.has_data && blob != NewBlob::kNone)
        note_data(layer_place(node, i), manifest.raw(), "layers", i);
      // What is decrypted keeps them: they may have led to the plain layer all the time.
      if (layer.has_urls && blob == NewBlob::kRandom) note_urls(layer_place(node, i));
    }
  }

  // `raw` is the document whose `list` has the descriptor at that position.
  void note_data(const std::string& place, const std::string& raw, std::string_view list,
                 std::size_t position) {
    if (embeds_other_content(JsonView(raw).get(list).elements().at(position))) {
      differing_.push_back(place +
                           ": its descriptor embeds, in `data`, other content than it names, which everyone "
                           "could read: it is removed" +
                           for_good("it"));
      return;
    }
    embedded_.push_back(place + ": the copy of it that its descriptor embeds (`data`) is removed" +
                        for_good("it"));
  }

  void note_urls(const std::string& place) {
    urls_.push_back(place +
                    ": the `urls` of its descriptor are removed, since they lead to what it was before" +
                    for_good("them"));
  }

  // Of what was added after encrypting, decrypting removes it: the result may be exact all the same.
  [[nodiscard]] std::string for_good(const std::string& what) const {
    return decrypts_ ? "" : ", and decrypting does not bring " + what + " back";
  }

  const ImagePlan& plan_;
  ImageDestination& destination_;
  Reporter& reporter_;
  std::set<Digest> changed_;
  std::set<Digest> documents_;
  bool encrypts_ = false;
  bool decrypts_ = false;
  std::vector<std::string> others_;
  std::vector<std::string> readable_;
  std::vector<std::string> unread_;
  std::vector<std::string> contained_;
  std::vector<std::string> embedded_;
  std::vector<std::string> differing_;
  std::vector<std::string> urls_;
  std::vector<std::string> missing_;
  std::vector<std::string> dangling_;
  std::vector<std::string> alone_;
  std::vector<std::string> lost_;
};

}  // namespace

void note_left_out(const std::vector<std::string>& platforms, Reporter& reporter) {
  std::string names;
  for (const std::string& platform : platforms) names += (names.empty() ? "" : ", ") + platform;
  if (names.empty()) return;
  reporter.note((platforms.size() == 1 ? "platform left out: " : "platforms left out: ") + names);
}

void note_no_place(const std::vector<std::string>& places, Reporter& reporter) {
  if (places.empty()) return;
  reporter.note("left out: " + short_list(places) +
                "; Docker's archives hold an image alone, without what its index lists beside it, such as "
                "attestations");
}

void warn_of_missing(const std::vector<std::string>& entries, Reporter& reporter) {
  warn_of(entries, " is not in the source: its entry in the index is kept as it is",
          " are not in the source: their entries in the index are kept as they are", reporter);
}

void note_plan(const ImagePlan& plan, ImageDestination& destination, Reporter& reporter) {
  PlanNotes(plan, destination, reporter).run();
}

}  // namespace imgcrypt
