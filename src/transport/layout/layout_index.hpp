// The index.json of a layout, held under the layout's lock for as long as this object lives, so that several
// writers lose none of each other's images. Readers need no lock: index.json is replaced by rename and always
// whole. Belongs to one thread.
#pragma once

#include "transport/layout/layout_entries.hpp"
#include "transport/layout/layout_lock.hpp"

#include <set>
#include <string>
#include <vector>

namespace imgcrypt {

class LayoutIndex {
 public:
  // Takes the lock, as LayoutLock. Throws kNotFound when the directory does not exist.
  LayoutIndex(const std::string& path, const Warn& warn);

  // Puts the image in the place of those that `target` means, or at the end, and its referrers, each in the
  // place of the same or at the end; all other entries keep their bytes. Visible when it returns, as it was
  // when it throws. Returns the descriptor of another image that it replaced. Warns when several entries with
  // different members become one. Throws as entries_to_replace, kRefused when index.json would become larger
  // than readers accept, and as read_index().
  std::optional<Descriptor> put(const RootDescriptor& root, const EntryTarget& target,
                                const std::vector<Referrer>& referrers, const Warn& warn) const;

  // When this returns, what put() made visible survives a power cut. Throws kOther; it is visible all the
  // same.
  void make_durable() const;

  // After put(): takes the images of `replaced`, unless another entry still lists it, out of Docker's
  // manifest.json, which goes when nothing is left of it. Says what it did, and that the list does not name
  // the new image. Never throws: what it cannot do, it says.
  void update_docker_list(const std::optional<Descriptor>& replaced, const Warn& warn) const noexcept;

  // As they are now. Throws as read_entries.
  [[nodiscard]] std::vector<LayoutEntry> entries() const { return read_entries(directory_); }

  // Removes a blob, at once. Not an error when it is gone. REQUIRES: no image needs it.
  void remove_blob(const Digest& digest) const;

 private:
  LayoutDirectory directory_;
  LayoutLock lock_;
};

}  // namespace imgcrypt
