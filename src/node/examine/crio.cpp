#include "node/daemons/crio_config.hpp"
#include "node/examine/node_keys.hpp"
#include "node/examine/other_daemons.hpp"
#include "node/examine/processes.hpp"
#include "node/key_directory.hpp"

#include <imgcrypt/error.hpp>

#include <unistd.h>

#include <filesystem>

namespace imgcrypt {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAboutCrio = "CRI-O";
constexpr const char* kAllOrNothing =
    "CRI-O reads its keys all together: because of this one it decrypts nothing";

// What the decoder would take, and CRI-O does not.
Findings refused_by_crio(const std::string& directory) {
  Findings findings;
  std::error_code failure;
  for (fs::recursive_directory_iterator at(directory, failure), end; !failure && at != end;
       at.increment(failure)) {
    const std::string about = "key " + at->path().string();
    if (at->is_symlink(failure))
      findings.push_back(
          {Severity::kFault, about, "it is a link", kAllOrNothing, "put a copy of the file in its place"});
    else if (at->path().extension() == kPassphraseSuffix)
      findings.push_back({Severity::kFault, about, "it is a passphrase, which CRI-O does not read",
                          kAllOrNothing,
                          "store the key without a passphrase: openssl pkey -in KEY -out FILE"});
  }
  return findings;
}

}  // namespace

Findings examine_crio(const std::string& root) {
  const bool runs = root.empty() && process_runs("crio");
  if (!runs && (root.empty() || ::access((root + "/etc/crio").c_str(), F_OK) != 0)) return {};
  try {
    const std::string directory = crio_key_directory(root);
    Findings findings = {
        {Severity::kFine, kAboutCrio, "it decrypts by itself, with the keys in " + directory, {}, {}}};
    append(findings, examine_keys(directory, root, KeysElsewhere::kNone).findings);
    append(findings, refused_by_crio(root + directory));
    return findings;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) throw;
    return {{Severity::kFault, kAboutCrio, error.message(), "CRI-O does not start with this configuration",
             error.hint()}};
  }
}

}  // namespace imgcrypt
