// What an image consists of, and who can read it, as lines of text.
#pragma once

#include <string>

#include "transport/image_store.hpp"

namespace imgcrypt {

[[nodiscard]] std::string inspect_image(ImageSource& source);

}  // namespace imgcrypt
