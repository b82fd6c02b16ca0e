// Decrypts every encrypted layer of every platform of an image.
#pragma once

#include "image/reporter.hpp"
#include "keywrap/key_wrapper.hpp"
#include "transport/image_store.hpp"

namespace imgcrypt {

// Returns the new root's descriptor. All keys are unwrapped before a byte is moved. Throws kNoKey when a
// layer cannot be opened, kIntegrity when one is damaged or forged.
Descriptor decrypt_image(ImageSource& source, ImageDestination& destination, const KeyUnwrappers& unwrappers,
                         unsigned jobs, Reporter& reporter);

}  // namespace imgcrypt
