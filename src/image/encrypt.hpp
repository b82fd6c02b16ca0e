// Encrypts every image layer of every platform of an image.
#pragma once

#include "image/reporter.hpp"
#include "keywrap/recipient.hpp"
#include "transport/image_store.hpp"

namespace imgcrypt {

// Returns the new root's descriptor. Throws kRefused when there is nothing to encrypt.
// REQUIRES: at least one wrapper.
Descriptor encrypt_image(ImageSource& source, ImageDestination& destination, const KeyWrappers& wrappers,
                         unsigned jobs, Reporter& reporter);

}  // namespace imgcrypt
