// Where each file of a tar is, found in one pass over its headers: the archive is never unpacked. Names are
// only looked up, never opened, so that absolute ones, `..` and links lead nowhere outside. A value; may be
// read by several threads.
#pragma once

#include "transport/files/range_source.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace imgcrypt {

class MemberTable {
 public:
  // `fd` is a tar that can be read at any offset; `what` names it in errors. Throws kIntegrity for what is
  // not a sound tar, kRefused for one with more members than images have.
  static MemberTable read(int fd, const std::string& what);

  // The content of the regular file with this name, "a/b"; links are followed inside the archive. nullopt
  // when there is none. Of several with one name the last counts, as for tar.
  [[nodiscard]] std::optional<FileRange> find(std::string_view name) const;
  // Whether the name occurs more than once: programs differ in which one they take.
  [[nodiscard]] bool is_ambiguous(std::string_view name) const;

  static constexpr std::size_t kMostMembers = 100'000;
  static constexpr std::size_t kMostNameBytes = std::size_t{16} * 1024 * 1024;  // of all names together

 private:
  struct Member {
    FileRange content;
    std::optional<std::string> link;  // another member's name
    bool is_repeated = false;
  };

  void add(const std::string& name, Member member);

  std::map<std::string, Member, std::less<>> members_;
  std::size_t name_bytes_ = 0;
};

// "a/b" for "/a/./c/../b". nullopt when it leads out of the archive, or names nothing.
[[nodiscard]] std::optional<std::string> plain_member_name(std::string_view name);

}  // namespace imgcrypt
