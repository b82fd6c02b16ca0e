#include "image/base_layers.hpp"

#include "base/parallel.hpp"
#include "image/base_contents.hpp"
#include "image/tree/diff_ids.hpp"
#include "oci/media_types.hpp"

#include <map>
#include <vector>

namespace imgcrypt {
namespace {

// A layer of which the base names the blob, or what the image's config says that it holds.
struct Claim {
  Descriptor layer;
  std::string place;
  std::set<Digest> digests;  // that the base names; later only those that it shows
  bool is_true = false;
};

class Comparison {
 public:
  Comparison(BaseContents& base, const ImageNode& tree, Configs& configs) : base_(base) {
    for_each_manifest(tree, [&](const ImageNode& node, const Manifest& manifest) {
      add(node, manifest, diff_ids_of(configs, node, manifest));
    });
  }

  std::set<LayerId> run(ImageSource& source, unsigned jobs, Reporter& reporter) {
    if (claims_.empty()) return {};
    const StageTimer timer(reporter.progress(), "comparing with the base");
    std::set<Digest> wanted;
    for (const auto& [id, claim] : claims_) wanted.insert(claim.digests.begin(), claim.digests.end());
    shown_ = base_.shown(wanted, jobs, reporter);
    check_claims(source, jobs, reporter);
    return result(reporter);
  }

 private:
  void add(const ImageNode& node, const Manifest& manifest,
           const std::vector<std::optional<Digest>>& diff_ids) {
    for (std::size_t i = 0; i < manifest.layers().size(); ++i) {
      const Descriptor& layer = manifest.layers()[i];
      if (!can_be_encrypted(layer)) continue;
      if (base_.names(layer.digest)) claim(node, layer, i, layer.digest);
      if (!diff_ids.empty() && diff_ids[i] && base_.names(*diff_ids[i])) claim(node, layer, i, *diff_ids[i]);
    }
  }

  void claim(const ImageNode& node, const Descriptor& layer, std::size_t at, const Digest& digest) {
    claims_.try_emplace(layer_id(layer), Claim{layer, layer_place(node, at), {}})
        .first->second.digests.insert(digest);
  }

  // Reads only those whose blob the base does not show, and whose content it does.
  void check_claims(ImageSource& source, unsigned jobs, Reporter& reporter) {
    std::vector<Claim*> claims;
    for (auto& [id, claim] : claims_) {
      std::erase_if(claim.digests, [&](const Digest& digest) { return !shown_.contains(digest); });
      claim.is_true = claim.digests.contains(claim.layer.digest);
      if (claim.is_true || claim.digests.empty()) continue;
      claims.push_back(&claim);
      reporter.progress().plan(1, claim.layer.size);
    }
    StopFlag stop = false;
    run_parallel(claims.size(), jobs, stop, [&](std::size_t i) {
      try {
        claims[i]->is_true = has_shown_content(source, *claims[i], stop, reporter.progress());
      } catch (const Error& error) {
        // What cannot be decompressed is nobody's; a damaged blob is found again when it is encrypted.
        if (error.code() != ErrorCode::kIntegrity && error.code() != ErrorCode::kRefused)
          throw error.in(claims[i]->place);
      }
    });
  }

  bool has_shown_content(ImageSource& source, const Claim& claim, const StopFlag& stop, Progress& progress) {
    const DiffId found =
        read_diff_id(source, claim.layer, claim.place, claim.digests.begin()->algorithm(), stop, progress);
    return shown_.contains(found.digest) && found.trailing_bytes == 0;
  }

  std::set<LayerId> result(Reporter& reporter) const {
    std::set<LayerId> found;
    std::vector<std::string> untrue;
    for (const auto& [id, claim] : claims_) {
      if (claim.is_true) {
        found.insert(id);
      } else if (!claim.digests.empty()) {
        untrue.push_back(claim.place +
                         " is not the base's, whatever the image's config says: its content differs");
      }
    }
    reporter.say_of_all(Importance::kWarning, untrue,
                        "layers are not the base's, whatever the image's config says: their contents differ");
    return found;
  }

  BaseContents& base_;
  std::map<LayerId, Claim> claims_;
  std::set<Digest> shown_;  // by the base, of what is claimed
};

}  // namespace

std::set<LayerId> layers_of_base(ImageSource& base, const ImageNode& tree, ImageSource& source,
                                 Configs& configs, unsigned jobs, Reporter& reporter) {
  BaseContents contents(base);
  return Comparison(contents, tree, configs).run(source, jobs, reporter);
}

}  // namespace imgcrypt
