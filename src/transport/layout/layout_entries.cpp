#include "transport/layout/layout_entries.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace imgcrypt {
namespace {

// Hints are for reading.
constexpr std::size_t kMostListed = 8;

using Positions = std::vector<std::size_t>;
using Entries = std::vector<LayoutEntry>;

std::optional<std::string> annotation(const Annotations& annotations, const char* name) {
  const auto found = annotations.find(name);
  return found == annotations.end() ? std::nullopt : std::optional(found->second);
}

template <typename Is>
Positions positions_where(const Entries& entries, const Is& is) {
  Positions positions;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].descriptor && is(*entries[i].descriptor)) positions.push_back(i);
  }
  return positions;
}

// A tag of the standard goes before containerd's name.
Positions named(const std::string& name, const Entries& entries) {
  Positions by_tag =
      positions_where(entries, [&](const Descriptor& entry) { return tag_of(entry).value_or("") == name; });
  if (!by_tag.empty()) return by_tag;
  return positions_where(entries,
                         [&](const Descriptor& entry) { return image_name_of(entry).value_or("") == name; });
}

// The first entry with that name among those that cannot be read: mostly their annotations can.
std::optional<std::size_t> unreadable(const std::string& name, const Entries& entries) {
  const auto has_name = [&](const LayoutEntry& entry) {
    if (!entry.problem) return false;
    try {
      const Annotations annotations = parse_annotations(JsonView(entry.raw).find("annotations"));
      return annotation(annotations, kRefName) == name || annotation(annotations, kImageName) == name;
    } catch (const Error&) {
      return false;
    }
  };
  const auto found = std::ranges::find_if(entries, has_name);
  if (found == entries.end()) return std::nullopt;
  return static_cast<std::size_t>(found - entries.begin());
}

bool are_one_image(const Entries& entries, const Positions& positions) {
  return std::ranges::all_of(positions, [&](std::size_t at) {
    return entries[at].descriptor->digest == entries[positions.front()].descriptor->digest;
  });
}

template <typename Text>
std::string listed(const Positions& positions, const Text& text) {
  std::string list;
  for (std::size_t i = 0; i < std::min(positions.size(), kMostListed); ++i)
    list += (i == 0 ? "" : ", ") + text(positions[i]);
  if (positions.size() > kMostListed)
    list += " and " + std::to_string(positions.size() - kMostListed) + " more (see imgcrypt tags)";
  return list;
}

// "oci:DIR:@0 (linux/amd64)", and whatever else tells it from the others.
std::string by_position(const std::string& store, const Entries& entries, std::size_t at) {
  const Descriptor& entry = *entries[at].descriptor;
  const std::string platform = entry.platform ? entry.platform->string() : std::string();
  std::string what = image_name_of(entry).value_or("");
  if (!platform.empty()) what += (what.empty() ? "" : ", ") + platform;
  const std::string tag = tag_of(entry).value_or("");
  if (what.empty() && !is_ref_name(tag)) what = tag;
  if (what.empty()) what = entry.digest.string();
  return store + ":@" + std::to_string(at) + " (" + what + ")";
}

std::string by_positions(const std::string& store, const Entries& entries, const Positions& positions) {
  return "name one by its position: " +
         listed(positions, [&](std::size_t at) { return by_position(store, entries, at); });
}

std::string how_to_name_one(const std::string& store, const Entries& entries, const Positions& positions) {
  // Of those that are listed: each look goes through all entries.
  const auto end = positions.begin() + static_cast<std::ptrdiff_t>(std::min(positions.size(), kMostListed));
  const auto has_tag = [&](std::size_t at) {
    const auto tag = tag_of(*entries[at].descriptor);
    return tag && tag == usable_name_of(entries, at);
  };
  if (std::all_of(positions.begin(), end, has_tag))
    return "name one of them: " +
           listed(positions, [&](std::size_t at) { return store + ":" + *tag_of(*entries[at].descriptor); });
  return by_positions(store, entries, positions);
}

// The same words and number for everyone, which are those of oci:DIR:@N.
Error unreadable_entry(const Entries& entries, std::size_t at) {
  return entries[at].problem->in("entry " + std::to_string(at) +
                                 " of index.json, counted from 0, cannot be read");
}

// The image that is looked for may be one that cannot be read.
std::string unreadable_beside(const Entries& entries) {
  const auto at = std::ranges::find_if(entries, [](const auto& entry) { return entry.problem.has_value(); });
  if (at == entries.end()) return {};
  return "; " + unreadable_entry(entries, static_cast<std::size_t>(at - entries.begin())).message();
}

bool differ_in_platform(const Entries& entries, const Positions& positions) {
  std::set<std::string> platforms;
  for (const std::size_t at : positions) {
    const auto& platform = entries[at].descriptor->platform;
    if (platform) platforms.insert(platform->string());
  }
  return platforms.size() == positions.size();
}

[[noreturn]] void fail_to_find(const ImageName& name, const std::string& why, const Entries& entries) {
  const Positions all = positions_where(entries, [](const Descriptor&) { return true; });
  const std::string list = listed(all, [&](std::size_t at) {
    const auto usable = usable_name_of(entries, at);
    return usable ? *usable : by_position(name.store(), entries, at);
  });
  const std::string what = all.empty() ? name.noun() + " has no images" : name.noun() + " has: " + list;
  throw Error(ErrorCode::kNotFound, name.string() + ": " + why, what + unreadable_beside(entries));
}

RootDescriptor root_at(const Entries& entries, std::size_t at) {
  if (entries[at].problem) throw unreadable_entry(entries, at);
  return {*entries[at].descriptor, entries[at].raw};
}

Positions found_for(const ImageName& name, const Entries& entries) {
  Positions found = name.tag.empty() ? positions_where(entries, [](const Descriptor&) { return true; })
                                     : named(name.tag, entries);
  std::erase_if(
      found, [&](std::size_t at) { return name.digest && entries[at].descriptor->digest != *name.digest; });
  return found;
}

// The entries of the image that is read, under its tag: other tools append without replacing, and what stayed
// there would be found under the tag. Who named one by its position or image name means no other name of it.
Positions positions_of(const Descriptor& own, const ImageName& name, const Entries& entries) {
  const bool is_by_tag = !name.position && (name.tag.empty() || name.tag == tag_of(own));
  return positions_where(entries, [&](const Descriptor& other) {
    return other.digest == own.digest && tag_of(other) == tag_of(own) &&
           (is_by_tag || image_name_of(other) == image_name_of(own));
  });
}

}  // namespace

std::optional<std::string> tag_of(const Descriptor& entry) { return annotation(entry.annotations, kRefName); }
std::optional<std::string> image_name_of(const Descriptor& entry) {
  return annotation(entry.annotations, kImageName);
}

std::optional<Digest> digest_tagged(const std::vector<LayoutEntry>& entries, const std::string& tag) {
  const auto found = std::ranges::find_if(entries, [&](const LayoutEntry& entry) {
    return entry.descriptor && tag_of(*entry.descriptor) == tag;
  });
  return found == entries.end() ? std::nullopt : std::optional(found->descriptor->digest);
}

std::optional<std::string> usable_name_of(const std::vector<LayoutEntry>& entries, std::size_t position) {
  if (!entries.at(position).descriptor) return std::nullopt;
  const Descriptor& entry = *entries[position].descriptor;
  for (const auto& name : {tag_of(entry), image_name_of(entry)}) {
    if (!name || !is_ref_name(*name)) continue;
    const Positions found = named(*name, entries);
    if (std::ranges::find(found, position) != found.end() && are_one_image(entries, found)) return name;
  }
  return std::nullopt;
}

std::vector<LayoutEntry> parse_entries(const std::string& index) {
  Entries entries;
  const auto manifests = JsonView(index).find("manifests");
  if (!manifests) return entries;
  for (const JsonView& element : manifests->elements()) {
    LayoutEntry entry{std::string(element.text()), std::nullopt, std::nullopt};
    try {
      entry.descriptor = parse_descriptor(element);
    } catch (const Error& error) {
      entry.problem = error;
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::vector<LayoutEntry> read_entries(const LayoutDirectory& directory) {
  const std::string index = directory.read_index();
  try {
    return parse_entries(index);
  } catch (const Error& error) {
    throw error.in(directory.path() + "/index.json");
  }
}

std::vector<RootDescriptor> all_roots(const std::vector<LayoutEntry>& entries) {
  std::vector<RootDescriptor> roots;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].problem) {
      throw Error(ErrorCode::kRefused, unreadable_entry(entries, i).message(),
                  "nothing was removed; repair the entry or remove it first");
    }
    roots.push_back({*entries[i].descriptor, entries[i].raw});
  }
  return roots;
}

RootDescriptor find_root(const ImageName& name, const std::vector<LayoutEntry>& entries,
                         const std::function<bool(const Platform&)>& is_wanted) {
  // A position names one entry whatever its tag, so that two images of one tag can be told apart.
  if (name.position) {
    if (*name.position < entries.size()) return root_at(entries, *name.position);
    fail_to_find(name,
                 "no image at this position: " + name.noun() + " has " + std::to_string(entries.size()) +
                     ", numbered from 0",
                 entries);
  }
  Positions found = found_for(name, entries);
  // The only entry, which cannot be read, is what was meant.
  const bool is_bare = name.tag.empty() && !name.digest;
  if (found.empty() && is_bare && entries.size() == 1) return root_at(entries, 0);
  if (found.empty() && !name.tag.empty()) {
    if (const auto at = unreadable(name.tag, entries)) return root_at(entries, *at);
  }
  if (found.empty()) fail_to_find(name, "no such image", entries);
  if (is_wanted && !are_one_image(entries, found)) {
    Positions wanted;
    std::ranges::copy_if(found, std::back_inserter(wanted), [&](std::size_t at) {
      const auto& platform = entries[at].descriptor->platform;
      return platform && is_wanted(*platform);
    });
    if (!wanted.empty()) found = std::move(wanted);
  }
  if (!are_one_image(entries, found)) {
    throw Error(ErrorCode::kUsage, name.string() + ": this names more than one image",
                how_to_name_one(name.store(), entries, found) +
                    (differ_in_platform(entries, found) ? "; or choose one with --platform" : ""));
  }
  return root_at(entries, found.front());
}

std::vector<std::size_t> entries_to_replace(const EntryTarget& target,
                                            const std::vector<LayoutEntry>& entries) {
  const ImageName& name = target.name;
  const Positions own = target.own ? positions_of(*target.own, name, entries) : Positions();
  if (target.place == EntryTarget::Place::kInPlace) {
    if (!own.empty()) return own;
    throw Error(ErrorCode::kOther, "another program changed " + name.string() + " while this one ran",
                "run it again");
  }
  const bool is_untagged = name.tag.empty();
  const auto has_no_tag = [](const Descriptor& entry) { return tag_of(entry).value_or("").empty(); };
  Positions found = is_untagged ? positions_where(entries, has_no_tag) : named(name.tag, entries);
  const auto is_own = [&](std::size_t at) { return std::ranges::find(own, at) != own.end(); };
  if (std::ranges::any_of(found, is_own)) return own;
  // An untagged image beside others may be a signature or an attestation of one of them.
  const auto odd = is_untagged ? std::nullopt : unreadable(name.tag, entries);
  if (odd) {
    throw Error(ErrorCode::kRefused,
                "destination " + name.string() +
                    " already has this name: " + unreadable_entry(entries, *odd).message(),
                "choose another tag, or remove the entry");
  }
  const bool is_clear = are_one_image(entries, found) && (!is_untagged || found.size() == entries.size());
  if (found.empty() || is_clear) return found;
  throw Error(
      ErrorCode::kRefused,
      "destination " + name.string() +
          (is_untagged ? ": " + name.noun() + " already has an image without a tag, beside other images"
                       : ": more than one image has this name, and all of them would lose it"),
      is_untagged ? "give the result a tag: " + name.store() + ":TAG"
                  : "choose another tag, or give the same position as SRC and DST: " +
                        by_positions(name.store(), entries, found));
}

}  // namespace imgcrypt
