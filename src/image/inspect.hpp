// What an image consists of, and who can read it, as lines of text.
#pragma once

#include "transport/image_store.hpp"

#include <string>

namespace imgcrypt {

[[nodiscard]] std::string inspect_image(ImageSource& source);

}  // namespace imgcrypt
