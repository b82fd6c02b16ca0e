// A shared library that is loaded when it is first needed, so that a large one costs nothing where it is not
// used (libcurl and libarchive bring dozens of others). Loaded once and never unloaded; may be used by all
// threads.
#pragma once

#include <string>

namespace imgcrypt {

class SharedLibrary {
 public:
  // `file` is its soname, e.g. "libcurl.so.4", looked for as the system does; `package` is Debian's, for the
  // hint. Throws kOther when it cannot be loaded.
  SharedLibrary(const std::string& file, const std::string& package);

  // The function of that name: REQUIRES that `Function` is its type, as the library's header declares it.
  // Throws kOther when this version of the library lacks it.
  template <typename Function>
  [[nodiscard]] Function* function(const char* name) const {
    // POSIX guarantees that a function's address survives the way through void* (dlsym).
    return reinterpret_cast<Function*>(symbol(name));
  }

 private:
  [[nodiscard]] void* symbol(const char* name) const;

  std::string file_;
  void* handle_;
};

}  // namespace imgcrypt
