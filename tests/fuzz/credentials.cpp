// Files with credentials for registries: what was put in is found again and nothing else has changed, what
// was taken out is gone, and keys mean the same when they are read again.
#include "base/process/fd.hpp"
#include "fuzz/fuzz.hpp"
#include "transport/credentials/auth_file_edit.hpp"

#include <sys/mman.h>
#include <unistd.h>

namespace imgcrypt::test {
namespace {

AuthFile read_file(std::string_view text, AuthFileFormat format) {
  const Fd file(::memfd_create("auth", MFD_CLOEXEC));
  write_all(file.get(), as_bytes(text), "memfd");
  return AuthFile::read("/proc/self/fd/" + std::to_string(file.get()), format);
}

void look_around(const AuthFile& file) {
  for (const char* name : {"docker.io/library/app", "registry.example.com", "a"}) {
    const RegistryKey key = RegistryKey::parse(name);
    (void)attempt([&] { (void)file.find(key); });
    (void)attempt([&] { (void)file.helper_of(key.host); });
    (void)attempt([&] { (void)file.default_helper(key.host); });
    (void)attempt([&] { (void)file.entries_of(key); });
  }
  (void)attempt([&] { (void)file.all_helpers(); });
}

void edit(const AuthFile& file) {
  const RegistryKey key = RegistryKey::parse("registry.example.com/team");
  Credentials mine;
  mine.user = "me";
  mine.password = SecretBytes::copy_of(as_bytes("secret:1"));
  const auto written = attempt([&] { return with_entry(file, key, mine); });
  if (!written) return;
  const AuthFile with = must("a file that was changed",
                             [&] { return read_file(as_text(written->expose()), AuthFileFormat::kConfig); });
  const auto found = must("what was put in", [&] { return with.find(key); });
  expect(found && found->user == mine.user &&
             as_text(found->password.expose()) == as_text(mine.password.expose()),
         "the credentials that were put in");
  const auto removed = must("to take it out", [&] { return without_entries(with, key); });
  expect(removed.has_value(), "something to take out");
  const AuthFile without = must(
      "a file without it", [&] { return read_file(as_text(removed->expose()), AuthFileFormat::kConfig); });
  expect(without.entries_of(key).empty(), "no entry that was taken out");
  (void)attempt([&] { (void)without_all_entries(with); });
}

void read_key(const std::string& text) {
  const RegistryKey key = RegistryKey::parse(text);
  const RegistryKey again = must("a key that was written", [&] { return RegistryKey::parse(key.string()); });
  expect(again == key, "the key that was written");
  expect(key.with_parents().back().path.empty(), "the whole registry last");
}

}  // namespace

void fuzz(ByteView input) {
  const std::string text(as_text(input));
  (void)attempt([&] { look_around(read_file(text, AuthFileFormat::kConfig)); });
  (void)attempt([&] { look_around(read_file(text, AuthFileFormat::kOld)); });
  (void)attempt([&] { edit(read_file(text, AuthFileFormat::kConfig)); });
  (void)attempt([&] { read_key(text); });
  (void)RegistryKey::of_file(text).with_parents();
  (void)RegistryKey::of_old_file(text).with_parents();
}

}  // namespace imgcrypt::test
