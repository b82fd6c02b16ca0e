// What the user should know of an image that is encrypted besides the result: what stays plain and why.
#pragma once

#include "image/encryption_outcomes.hpp"
#include "image/reporter.hpp"
#include "image/tree/configs.hpp"
#include "image/tree/tree.hpp"

#include <string>
#include <vector>

namespace imgcrypt {

// "its type is application/wasm", "it has no media type".
[[nodiscard]] std::string type_of(const Descriptor& layer);

// The layers of the file system of types that are none of an image's, such as erofs: encrypting leaves them
// as they are. `outcomes` are those of `tree`. A config that cannot be used counts none, and one whose
// diff_ids cannot be read may count any. Throws kCancelled.
[[nodiscard]] std::vector<const LayerOutcome*> other_file_systems(Configs& configs, const ImageNode& tree,
                                                                  const EncryptionOutcomes& outcomes);

// That `source` was converted, if it was.
void note_conversion(const ImageNode& source, const ImageNode& converted, const EncryptionOutcomes& outcomes,
                     Reporter& reporter);

// Warns of layers of the file system that no command encrypts (`counted`, as other_file_systems), and of
// foreign ones; notes all others that stay as they are, and which platforms are left out.
void note_outcomes(const EncryptionOutcomes& outcomes, const std::vector<const LayerOutcome*>& counted,
                   const EncryptOptions& options, const std::vector<std::string>& left_out,
                   Reporter& reporter);

}  // namespace imgcrypt
