// libcurl, loaded when the first registry is opened: it brings some twenty libraries, which would make every
// other command start slower. The functions that this folder uses, and nothing else; only its sources include
// this header. libcurl's documentation says what they do.
#pragma once

#include "base/process/shared_library.hpp"

#include <curl/curl.h>

namespace imgcrypt {

struct CurlLibrary {
  // Throws as SharedLibrary. Use curl_library() instead.
  CurlLibrary();

  SharedLibrary library;
  decltype(::curl_global_init)* global_init;
  decltype(::curl_easy_init)* easy_init;
  decltype(::curl_easy_reset)* easy_reset;
  decltype(::curl_easy_setopt)* easy_setopt;
  decltype(::curl_easy_getinfo)* easy_getinfo;
  decltype(::curl_easy_pause)* easy_pause;
  decltype(::curl_easy_perform)* easy_perform;
  decltype(::curl_easy_strerror)* easy_strerror;
  decltype(::curl_easy_cleanup)* easy_cleanup;
  decltype(::curl_multi_init)* multi_init;
  decltype(::curl_multi_add_handle)* multi_add_handle;
  decltype(::curl_multi_remove_handle)* multi_remove_handle;
  decltype(::curl_multi_perform)* multi_perform;
  decltype(::curl_multi_poll)* multi_poll;
  decltype(::curl_multi_info_read)* multi_info_read;
  decltype(::curl_multi_cleanup)* multi_cleanup;
  decltype(::curl_slist_append)* slist_append;
  decltype(::curl_slist_free_all)* slist_free_all;
  decltype(::curl_url)* url;
  decltype(::curl_url_set)* url_set;
  decltype(::curl_url_get)* url_get;
  decltype(::curl_url_cleanup)* url_cleanup;
  decltype(::curl_free)* free;
  decltype(::curl_getdate)* getdate;
};

// The one of this process, loaded by the first call, in whichever thread. Throws kOther when libcurl is not
// installed or too old; then the next call tries again.
[[nodiscard]] const CurlLibrary& curl_library();

}  // namespace imgcrypt
