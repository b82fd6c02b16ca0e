#include "base/process/shared_library.hpp"

#include <imgcrypt/error.hpp>

#include <dlfcn.h>

namespace imgcrypt {

SharedLibrary::SharedLibrary(const std::string& file, const std::string& package)
    : file_(file), handle_(dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL)) {
  if (handle_ == nullptr)
    throw Error(ErrorCode::kOther, std::string("load a library: ") + dlerror(),
                "install " + package + " (Debian's name of the package)");
}

void* SharedLibrary::symbol(const char* name) const {
  void* const found = dlsym(handle_, name);
  if (found == nullptr)
    throw Error(ErrorCode::kOther, file_ + " does not have the function " + name, "install a newer one");
  return found;
}

}  // namespace imgcrypt
