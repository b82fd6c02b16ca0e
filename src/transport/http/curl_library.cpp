#include "transport/http/curl_library.hpp"

#include <imgcrypt/error.hpp>

#define IMGCRYPT_CURL(name) name(library.function<decltype(::curl_##name)>("curl_" #name))

namespace imgcrypt {

CurlLibrary::CurlLibrary()
    : library("libcurl.so.4", "libcurl4"),
      IMGCRYPT_CURL(global_init),
      IMGCRYPT_CURL(easy_init),
      IMGCRYPT_CURL(easy_reset),
      IMGCRYPT_CURL(easy_setopt),
      IMGCRYPT_CURL(easy_getinfo),
      IMGCRYPT_CURL(easy_pause),
      IMGCRYPT_CURL(easy_perform),
      IMGCRYPT_CURL(easy_strerror),
      IMGCRYPT_CURL(easy_cleanup),
      IMGCRYPT_CURL(multi_init),
      IMGCRYPT_CURL(multi_add_handle),
      IMGCRYPT_CURL(multi_remove_handle),
      IMGCRYPT_CURL(multi_perform),
      IMGCRYPT_CURL(multi_poll),
      IMGCRYPT_CURL(multi_info_read),
      IMGCRYPT_CURL(multi_cleanup),
      IMGCRYPT_CURL(slist_append),
      IMGCRYPT_CURL(slist_free_all),
      url(library.function<decltype(::curl_url)>("curl_url")),
      IMGCRYPT_CURL(url_set),
      IMGCRYPT_CURL(url_get),
      IMGCRYPT_CURL(url_cleanup),
      IMGCRYPT_CURL(free),
      IMGCRYPT_CURL(getdate) {
  if (global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
    throw Error(ErrorCode::kOther, "libcurl cannot be initialised");
}

const CurlLibrary& curl_library() {
  static const CurlLibrary library;
  return library;
}

}  // namespace imgcrypt

#undef IMGCRYPT_CURL
