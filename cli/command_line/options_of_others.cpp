#include "cli/command_line/options_of_others.hpp"

#include <algorithm>
#include <array>

namespace imgcrypt::cli {
namespace {

struct ForeignOption {
  std::string_view start;  // of its name: what differs at the end is of one kind
  std::string_view cure;
};

constexpr std::string_view kPlatform =
    "write --platform OS/ARCH[/VARIANT], after the command: --platform linux/arm64";
constexpr std::string_view kNoPolicy =
    "leave it out: imgcrypt reads no signature policy; verify signatures with cosign or skopeo";
constexpr std::string_view kUnchanged =
    "leave it out: layers stay as they are, and nothing is compressed again";
constexpr std::string_view kLogin =
    "use imgcrypt login, or --src-creds and --dest-creds: for a password they ask when there is a terminal";
constexpr std::string_view kTokens =
    "leave it out: imgcrypt gets tokens itself; imgcrypt login stores what it gets them with";
constexpr std::string_view kOwnBlobs =
    "leave it out: each layout has its own blobs; --follow-links reads one whose blobs are links to others";

constexpr std::array kForeign = {
    ForeignOption{"--override-", kPlatform},
    ForeignOption{"--insecure-policy", kNoPolicy},
    ForeignOption{"--policy", kNoPolicy},
    ForeignOption{"--command-timeout",
                  "write timeout 10m imgcrypt ...; --network-timeout gives up a registry that says nothing"},
    ForeignOption{"--src-username", kLogin},
    ForeignOption{"--src-password", kLogin},
    ForeignOption{"--dest-username", kLogin},
    ForeignOption{"--dest-password", kLogin},
    ForeignOption{"--src-registry-token", kTokens},
    ForeignOption{"--dest-registry-token", kTokens},
    ForeignOption{"--registry-token", kTokens},
    ForeignOption{"--additional-tag", "copy it once more, to each further name"},
    ForeignOption{"--src-shared-blob-dir", kOwnBlobs},
    ForeignOption{"--dest-shared-blob-dir", kOwnBlobs},
    ForeignOption{"--dest-compress", kUnchanged},
    ForeignOption{"--dest-decompress", kUnchanged},
    ForeignOption{"--dest-force-compress", kUnchanged},
    ForeignOption{"--dest-oci-accept-uncompressed-layers", kUnchanged},
    ForeignOption{"--dest-precompute-digests",
                  "leave it out: a layer that DST has is never sent, nor read where its digest is known"},
    ForeignOption{"--sign-", "sign the result with cosign"},
    ForeignOption{"--image-parallel-copies", "write --jobs N"},
};

}  // namespace

std::string cure_for_foreign(std::string_view option) {
  const auto found = std::ranges::find_if(
      kForeign, [&](const ForeignOption& foreign) { return option.starts_with(foreign.start); });
  return found == kForeign.end() ? std::string() : std::string(found->cure);
}

}  // namespace imgcrypt::cli
