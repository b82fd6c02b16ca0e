#include "image/base_layers.hpp"

#include "base/parallel.hpp"
#include "base/stream/chunk_pool.hpp"
#include "base/stream/stoppable_source.hpp"
#include "image/tree/diff_ids.hpp"
#include "image/tree/network_tries.hpp"
#include "layer/inflate/diff_id.hpp"
#include "oci/media_types.hpp"

#include <map>
#include <vector>

namespace imgcrypt {
namespace {

struct Base {
  std::set<Digest> blobs;     // of its plain layers
  std::set<Digest> diff_ids;  // of these
};

Base read_base(ImageSource& source) {
  Base base;
  Configs configs(source);
  for_each_manifest(load_tree(source), [&](const ImageNode& node, const Manifest& manifest) {
    const auto diff_ids = diff_ids_of(configs, node, manifest);
    for (std::size_t i = 0; i < manifest.layers().size(); ++i) {
      const Descriptor& layer = manifest.layers()[i];
      // What the base hides must not be laid open here.
      if (!is_image_layer(layer) || is_encrypted(layer.media_type)) continue;
      base.blobs.insert(layer.digest);
      if (!diff_ids.empty() && diff_ids[i]) base.diff_ids.insert(*diff_ids[i]);
    }
  });
  return base;
}

// A layer that the image's config says is the base's.
struct Claim {
  Descriptor layer;
  std::string place;
  HashAlgorithm algorithm;  // of the diff_id that it says
  bool is_true = false;
};

bool is_true(ImageSource& source, const Claim& claim, const Base& base, const StopFlag& stop,
             Reporter& reporter) {
  return try_network(stop, [&] {
    ChunkPool pool(Hands::kOne);
    const auto blob = source.open(claim.layer, pool);
    MovingBlob moving(reporter.progress(), claim.place, claim.layer.size);
    StoppableSource stoppable(*blob, stop);
    CountingSource counted(stoppable, moving);
    const DiffId found = diff_id_of(counted, claim.algorithm);
    moving.finish();
    return base.diff_ids.contains(found.digest) && found.trailing_bytes == 0;
  });
}

class Comparison {
 public:
  Comparison(const Base& base, const ImageNode& tree, Configs& configs) : base_(base) {
    for_each_manifest(tree, [&](const ImageNode& node, const Manifest& manifest) {
      add(node, manifest, diff_ids_of(configs, node, manifest));
    });
  }

  std::set<LayerId> run(ImageSource& source, unsigned jobs, Reporter& reporter) {
    check_claims(source, jobs, reporter);
    std::vector<std::string> untrue;
    for (const auto& [id, claim] : claims_) {
      if (claim.is_true) {
        found_.insert(id);
      } else {
        untrue.push_back(claim.place +
                         " is not the base's, whatever the image's config says: its content differs");
      }
    }
    reporter.say_of_all(Importance::kWarning, untrue,
                        "layers are not the base's, whatever the image's config says: their contents differ");
    return std::move(found_);
  }

 private:
  void add(const ImageNode& node, const Manifest& manifest,
           const std::vector<std::optional<Digest>>& diff_ids) {
    for (std::size_t i = 0; i < manifest.layers().size(); ++i) {
      const Descriptor& layer = manifest.layers()[i];
      if (!can_be_encrypted(layer)) continue;
      if (base_.blobs.contains(layer.digest)) {
        found_.insert(layer_id(layer));
      } else if (!diff_ids.empty() && diff_ids[i] && base_.diff_ids.contains(*diff_ids[i])) {
        claims_.try_emplace(layer_id(layer), Claim{layer, layer_place(node, i), diff_ids[i]->algorithm()});
      }
    }
  }

  void check_claims(ImageSource& source, unsigned jobs, Reporter& reporter) {
    if (claims_.empty()) return;
    std::vector<Claim*> claims;
    for (auto& [id, claim] : claims_) {
      claims.push_back(&claim);
      reporter.progress().plan(1, claim.layer.size);
    }
    const StageTimer timer(reporter.progress(), "comparing with the base");
    StopFlag stop = false;
    run_parallel(claims.size(), jobs, stop, [&](std::size_t i) {
      try {
        claims[i]->is_true = is_true(source, *claims[i], base_, stop, reporter);
      } catch (const Error& error) {
        // What cannot be decompressed is nobody's; a damaged blob is found again when it is encrypted.
        if (error.code() != ErrorCode::kIntegrity && error.code() != ErrorCode::kRefused)
          throw error.in(claims[i]->place);
      }
    });
  }

  const Base& base_;
  std::set<LayerId> found_;
  std::map<LayerId, Claim> claims_;
};

}  // namespace

std::set<LayerId> layers_of_base(ImageSource& base, const ImageNode& tree, ImageSource& source,
                                 Configs& configs, unsigned jobs, Reporter& reporter) {
  const Base plain = read_base(base);
  return Comparison(plain, tree, configs).run(source, jobs, reporter);
}

}  // namespace imgcrypt
