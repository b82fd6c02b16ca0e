#include "image/change/referrers.hpp"

#include "base/text/short_list.hpp"
#include "image/change/referrer_count.hpp"
#include "image/change/referrer_search.hpp"
#include "image/needed_blobs.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace imgcrypt {
namespace {

// Signatures of attestations are as deep as people go.
constexpr std::size_t kDeepestReferrer = 4;

// The documents that the result has as they are.
std::set<Digest> kept_documents(const ImagePlan& plan) {
  std::set<Digest> kept;
  for_each_document(plan.tree(),
                    [&](const ImageNode& node, const Annotations&) { kept.insert(node.descriptor.digest); });
  for (const Digest& changed : plan.changed_documents()) kept.erase(changed);
  return kept;
}

// What encrypting hides, and new keys hide from former recipients.
std::set<Digest> layers_to_hide(const ImagePlan& plan) {
  std::set<Digest> layers;
  for_each_layer(plan.tree(), [&](const std::string&, const Descriptor& layer) {
    const LayerChange* change = plan.change_of(layer);
    const bool is_hidden = change != nullptr && change->new_blob() == NewBlob::kRandom && layer.size > 0;
    if (is_hidden) layers.insert(layer.digest);
  });
  return layers;
}

void append(std::vector<Referrer>& all, std::vector<Referrer> more) {
  std::ranges::move(more, std::back_inserter(all));
}

// Puts referrers into a plan, each with all that it lists.
class TakingAlong {
 public:
  TakingAlong(ImagePlan& plan, ImageSource& source, const ImageNode& chosen)
      : plan_(plan), source_(source), search_(source, chosen), hidden_(layers_to_hide(plan)) {}

  // Those of one document, and what refers to them in turn. Returns those that were added, without the
  // latter.
  std::vector<Referrer> take(const Descriptor& subject, std::size_t depth = 1) {
    std::vector<Referrer> added = search_.of(subject);
    std::erase_if(added, [&](const Referrer& referrer) { return !add(referrer, subject.digest); });
    if (depth == kDeepestReferrer) return added;
    for (const Referrer& referrer : added) (void)take(referrer.root.descriptor, depth + 1);
    return added;
  }

  // A line for each that the store lists, but lacks.
  [[nodiscard]] const std::vector<std::string>& missing() const noexcept { return missing_; }
  // A line for each that would bring what is hidden.
  [[nodiscard]] const std::vector<std::string>& refused() const noexcept { return refused_; }

 private:
  // False for one that is missing or refused, and for what says of itself that it refers to something else.
  bool add(const Referrer& referrer, const Digest& subject) try {
    const Descriptor& root = referrer.root.descriptor;
    ImageNode tree = load_documents(source_, root, "referrer " + root.digest.string());
    if (referrer.tag.empty()) {
      const auto own = subject_of(tree);
      if (!own || own->digest != subject) return false;
    }
    const auto is_hidden = [&](const Digest& blob) { return hidden_.contains(blob); };
    if (std::ranges::any_of(listed_blobs(tree), is_hidden)) {
      refused_.push_back("referrer " + root.digest.string() +
                         " is left behind: it holds layers as they were before they were encrypted");
      return false;
    }
    plan_.add_referrer({referrer, std::move(tree)});
    return true;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kNotFound) throw;
    missing_.push_back("referrer " + referrer.root.descriptor.digest.string() + " of " + subject.string() +
                       " is listed, but not there: it is not taken along");
    return false;
  }

  ImagePlan& plan_;
  ImageSource& source_;
  ReferrerSearch search_;
  std::set<Digest> hidden_;
  std::vector<std::string> missing_;
  std::vector<std::string> refused_;
};

void take_all_along(ImageSource& source, const ImageNode& chosen, ImagePlan& plan, Reporter& reporter) {
  const std::set<Digest> kept = kept_documents(plan);
  const Subjects subjects = subjects_of(source, chosen);
  TakingAlong along(plan, source, chosen);
  std::vector<Referrer> misfits;
  std::vector<std::string> described;
  for (const Descriptor& subject : subjects.documents) {
    std::vector<Referrer> added = along.take(subject);
    if (added.empty() || kept.contains(subject.digest)) continue;
    described.push_back(subject.digest.string());
    append(misfits, std::move(added));
  }
  for (const Descriptor& subject : subjects.before_encryption) (void)along.take(subject);
  reporter.say_of_all(Importance::kWarning, along.missing(),
                      "referrers are listed, but not there: they are not taken along");
  reporter.say_of_all(Importance::kWarning, along.refused(),
                      "referrers are left behind: they hold layers as they were before they were encrypted");
  if (plan.referrers().empty() && along.missing().empty() && along.refused().empty())
    reporter.note("the image has no signatures or other referrers");
  if (misfits.empty()) return;
  reporter.warn(count_of(misfits) + (misfits.size() == 1 ? " describes " : " describe ") +
                short_list(described) +
                " and not the result: nobody finds them there before it is that image again, but everyone "
                "can read them");
}

// What refers to these in turn, in the order in which Taking goes through them.
std::vector<Referrer> with_theirs(ReferrerSearch& search, std::vector<Referrer> referrers,
                                  std::size_t depth = 1) {
  if (depth == kDeepestReferrer) return referrers;
  std::vector<Referrer> all = referrers;
  for (const Referrer& referrer : referrers)
    append(all, with_theirs(search, search.of(referrer.root.descriptor), depth + 1));
  return all;
}

void note_left_behind(ImageSource& source, const ImageNode& chosen, ImageDestination& destination,
                      const ImagePlan& plan, Reporter& reporter) {
  const std::set<Digest> kept = kept_documents(plan);
  ReferrerSearch search(source, chosen);
  std::vector<Referrer> left;
  std::vector<std::string> described;
  bool fits_any = false;
  for (const Descriptor& subject : subjects_of(source, chosen).documents) {
    std::vector<Referrer> of_subject = search.of(subject);
    if (kept.contains(subject.digest)) {
      std::erase_if(of_subject, [&](const Referrer& one) { return destination.has(one.root.descriptor); });
      fits_any = fits_any || !of_subject.empty();
    }
    if (!of_subject.empty()) described.push_back(subject.digest.string());
    append(left, std::move(of_subject));
  }
  if (left.empty()) return;
  left = with_theirs(search, std::move(left));
  reporter.note(count_of(left) + " of " + short_list(described) + (left.size() == 1 ? " was" : " were") +
                " left behind" +
                (fits_any           ? ""
                 : left.size() == 1 ? ": it fits only the unchanged image"
                                    : ": they fit only the unchanged image") +
                "; --referrers copy takes " + (left.size() == 1 ? "it" : "them") + " along");
}

}  // namespace

void settle_referrers(ImageSource& source, const ImageNode& chosen, ImageDestination& destination,
                      ReferrersChoice choice, ImagePlan& plan, Reporter& reporter) {
  if (choice == ReferrersChoice::kCopy) return take_all_along(source, chosen, plan, reporter);
  try {
    note_left_behind(source, chosen, destination, plan, reporter);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) throw;
    // Nobody asked for them, and the image is whole without them.
    reporter.note("it is unknown whether signatures or other referrers were left behind: " + error.message());
  }
}

void announce_referrers(const ImagePlan& plan, ImageDestination& destination, Reporter& reporter) {
  std::vector<std::string> replaced;
  for (const auto& [referrer, tree] : plan.referrers()) {
    destination.add_referrer(referrer);
    if (referrer.tag.empty()) continue;
    const auto now = destination.tagged_now(referrer.tag);
    if (now && *now != referrer.root.descriptor.digest)
      replaced.push_back(
          "the tag " + referrer.tag + " named " + now->string() +
          " at the destination: it is replaced, and what only that one held is no longer found");
  }
  reporter.say_of_all(Importance::kWarning, replaced,
                      "tags of signatures and other referrers are replaced at the destination: what only "
                      "they held is no longer found");
}

}  // namespace imgcrypt
