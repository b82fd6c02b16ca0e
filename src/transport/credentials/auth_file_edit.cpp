#include "transport/credentials/auth_file_edit.hpp"

#include "base/process/fd.hpp"
#include "base/process/replacement_file.hpp"
#include "base/text/encoding.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace imgcrypt {
namespace {

using std::string_view;

const char* end_of_part(string_view text) { return text.data() + text.size(); }
string_view part_between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

// The text with `part`, which is a view into it, replaced.
SecretBytes spliced(string_view text, string_view part, const SecretBytes& replacement) {
  const string_view before = part_between(text.data(), part.data());
  return SecretBytes::joined(
      {before, as_text(replacement.expose()), part_between(end_of_part(part), end_of_part(text))});
}

// White space between what opens an object, or ends its last member but one, and its last member: how
// whoever wrote the file separates members. A line and tabs, as containers' tools and Docker do, by default.
std::string separator_of(const JsonView& object, const std::vector<JsonMember>& members, std::size_t depth) {
  if (members.empty()) return "\n" + std::string(depth, '\t');
  const char* end = members.back().key.text().data();
  const char* begin = end;
  while (begin > object.text().data() && string_view(" \t\r\n").find(begin[-1]) != string_view::npos) --begin;
  return {begin, end};
}

// "name": value, after the last member of the object.
SecretBytes with_member(string_view text, const JsonView& object, std::size_t depth, const std::string& name,
                        const SecretBytes& value) {
  const auto members = object.members();
  const std::string separator = separator_of(object, members, depth);
  const std::string start =
      (members.empty() ? "" : ",") + separator + quote_json(name) + (separator.empty() ? ":" : ": ");
  if (members.empty()) {
    const std::string end = "\n" + std::string(depth - 1, '\t') + "}";
    return spliced(text, object.text(), SecretBytes::joined({"{", start, as_text(value.expose()), end}));
  }
  const string_view after_last = {end_of_part(members.back().value.text()), 0};
  return spliced(text, after_last, SecretBytes::joined({start, as_text(value.expose())}));
}

SecretBytes plain(string_view text) { return SecretBytes::copy_of(as_bytes(text)); }

// The entry's value as the file separates its members.
SecretBytes value_of(const Credentials& credentials, const std::string& separator) {
  const SecretBytes pair =
      SecretBytes::joined({credentials.user, ":", as_text(credentials.password.expose())});
  const SecretBytes auth = encode_base64_secret(pair.expose(), Base64::kStandard);
  const bool has_lines = separator.find('\n') != std::string::npos;
  return SecretBytes::joined({"{", has_lines ? separator + "\t" : "",
                              has_lines ? "\"auth\": \"" : "\"auth\":\"", as_text(auth.expose()), "\"",
                              has_lines ? separator : "", "}"});
}

// Where there is no "auths", or it is null.
SecretBytes with_first_entry(const AuthFile& file, const std::string& name, const SecretBytes& value) {
  const SecretBytes auths =
      SecretBytes::joined({"{\n\t\t", quote_json(name), ": ", as_text(value.expose()), "\n\t}"});
  const JsonView root(file.text());
  for (const JsonMember& member : root.members()) {
    if (member.name() == "auths") return spliced(file.text(), member.value.text(), auths);
  }
  return with_member(file.text(), root, 1, "auths", auths);
}

using MakeValue = std::function<SecretBytes(const std::string& separator)>;

SecretBytes with_value(const AuthFile& file, const std::string& name, const MakeValue& make) {
  const auto auths = file.entries();
  if (!auths) return with_first_entry(file, name, make("\n\t\t"));
  const auto members = auths->members();
  for (const JsonMember& member : members) {
    if (member.name() == name)
      return spliced(file.text(), member.value.text(), make(separator_of(*auths, members, 2)));
  }
  return with_member(file.text(), *auths, 2, name, make(separator_of(*auths, members, 2)));
}

// Of the member at this position, with the comma that joins it to its neighbour.
string_view extent_of(const std::vector<JsonMember>& members, std::size_t at) {
  const char* end = end_of_part(members[at].value.text());
  if (at > 0) return part_between(end_of_part(members[at - 1].value.text()), end);
  return part_between(members[at].key.text().data(), members[at + 1].key.text().data());
}

// Without one entry, which is known by where its key is.
SecretBytes without_one(const AuthFile& file, string_view key_text) {
  const auto auths = file.entries();
  const auto members = auths->members();
  if (members.size() == 1) return spliced(file.text(), auths->text(), plain("{}"));
  std::size_t at = 0;
  while (members[at].key.text().data() != key_text.data()) ++at;
  return spliced(file.text(), extent_of(members, at), {});
}

void make_folders(const std::filesystem::path& folder) {
  if (folder.empty() || ::access(folder.c_str(), F_OK) == 0) return;
  make_folders(folder.parent_path());
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) throw errno_error("create " + folder.string());
}

// The lock is on the folder, as the file is replaced. File systems that cannot lock it do without.
Fd lock_folder(const std::filesystem::path& folder) {
  Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.is_open()) throw errno_error("open " + folder.string());
  while (::flock(fd.get(), LOCK_EX) != 0 && errno == EINTR) {
  }
  return fd;
}

AuthFile read_or_empty(const std::filesystem::path& path) {
  try {
    return AuthFile::read(path);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kNotFound) throw;
    return AuthFile::empty(path);
  }
}

}  // namespace

SecretBytes with_entry(const AuthFile& file, const RegistryKey& key, const Credentials& credentials) {
  return with_value(file, key.string(),
                    [&](const std::string& separator) { return value_of(credentials, separator); });
}

SecretBytes with_empty_entry(const AuthFile& file, const std::string& name) {
  return with_value(file, name, [](const std::string&) { return plain("{}"); });
}

std::optional<SecretBytes> without_entries(const AuthFile& file, const RegistryKey& key) {
  const auto entries = file.entries_of(key);
  if (entries.empty()) return std::nullopt;
  SecretBytes edited = without_one(file, entries.front().key.text());
  if (entries.size() == 1) return edited;
  // Other spellings are rare, and each edit moves what follows.
  return without_entries(AuthFile::of_text(file.path(), std::move(edited)), key);
}

std::optional<SecretBytes> without_all_entries(const AuthFile& file) {
  const auto auths = file.entries();
  if (!auths || auths->members().empty()) return std::nullopt;
  return spliced(file.text(), auths->text(), plain("{}"));
}

void edit_auth_file(const std::filesystem::path& path,
                    const std::function<std::optional<SecretBytes>(const AuthFile&)>& edit) {
  const auto target = std::filesystem::weakly_canonical(std::filesystem::absolute(path));
  make_folders(target.parent_path());
  const Fd lock = lock_folder(target.parent_path());
  const auto edited = edit(read_or_empty(target));
  if (!edited) return;
  ReplacementFile file(target);
  write_all(file.fd(), edited->expose(), "write " + target.string());
  file.replace();
  (void)::fsync(lock.get());
}

}  // namespace imgcrypt
