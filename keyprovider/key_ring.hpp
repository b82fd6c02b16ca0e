// Private keys read from files, for the providers that try each of them. A file that cannot be used does not
// keep the others from opening an image: the failure names it if none does. One thread.
#pragma once

#include "base/text/short_list.hpp"
#include "keyprovider/key_places.hpp"
#include "keyprovider/serve.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

namespace imgcrypt::keyprovider {

// The keys that were found, and the files that hold none, with the reason.
template <typename Key>
struct KeyRing {
  std::vector<Key> keys;
  std::vector<std::string> skipped;
};

// Adds the keys that `read` finds in each file. Throws kCancelled.
template <typename Key, typename Read>
void add_keys_of(const std::vector<std::string>& files, KeyRing<Key>& ring, Read read) {
  for (const std::string& file : files) {
    try {
      std::ranges::move(read(file), std::back_inserter(ring.keys));
    } catch (const Error& error) {
      if (error.code() == ErrorCode::kCancelled) throw;
      ring.skipped.push_back(describe(error));
    }
  }
}

// Those of this machine. Throws kNotFound for a directory that cannot be listed, kCancelled.
template <typename Key, typename Read>
[[nodiscard]] KeyRing<Key> keys_at(const KeyPlaces& places, Read read) {
  KeyRing<Key> ring;
  add_keys_of(places.files, ring, read);
  for (const std::string& directory : places.directories) add_keys_of(key_files_in(directory), ring, read);
  return ring;
}

// Why none of the keys opens a packet that is `wanted`: "sealed for A, B". `text_of` is what a key is called,
// and `hint` what to do if there is none. kUsage where files were named and none of them can be used: that is
// the user's mistake; else kNoKey.
template <typename Key, typename Text>
[[nodiscard]] Error no_key_opens(const std::string& wanted, const KeyRing<Key>& named,
                                 const KeyRing<Key>& node, Text text_of, const std::string& hint) {
  std::vector<std::string> tried;
  std::vector<std::string> skipped;
  for (const KeyRing<Key>* ring : {&named, &node}) {
    for (const Key& key : ring->keys) tried.push_back(text_of(key));
    skipped.insert(skipped.end(), ring->skipped.begin(), ring->skipped.end());
  }
  if (tried.empty() && !named.skipped.empty()) return {ErrorCode::kUsage, short_list(skipped)};
  return {ErrorCode::kNoKey,
          wanted + "; " + (tried.empty() ? "no key was given" : "tried " + short_list(tried)) +
              (skipped.empty() ? "" : "; skipped " + short_list(skipped)),
          tried.empty() ? hint : ""};
}

}  // namespace imgcrypt::keyprovider
