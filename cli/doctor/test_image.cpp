#include "cli/doctor/test_image.hpp"

#include "base/bytes.hpp"
#include "base/process/fd.hpp"
#include "cli/json/json_object.hpp"
#include "oci/digest.hpp"
#include "oci/media_types.hpp"

#include <fcntl.h>
#include <sys/utsname.h>

#include <array>
#include <filesystem>

namespace imgcrypt::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kTarBlock = 512;
constexpr std::string_view kConfigType = "application/vnd.oci.image.config.v1+json";

std::string machine_name() {
  utsname names = {};
  ::uname(&names);
  return static_cast<const char*>(names.machine);
}

// As Go calls it, which images follow.
std::string image_architecture() {
  const std::string name = machine_name();
  if (name == "x86_64") return "amd64";
  if (name == "aarch64") return "arm64";
  return name;
}

void add_number(std::string& bytes, std::uint64_t number, int size) {
  for (int i = 0; i < size; ++i) bytes += static_cast<char>(number >> (8U * static_cast<unsigned>(i)));
}

// write(1, kTestLine and a line end), exit(0); position independent. Empty for another machine.
std::string program_code() {
  const std::string line = std::string(kTestLine) + "\n";
  std::string text;
  if (machine_name() == "x86_64") {
    text.append("\xB8\x01\x00\x00\x00", 5);          // mov eax, 1: write
    text.append("\xBF\x01\x00\x00\x00", 5);          // mov edi, 1
    text.append("\x48\x8D\x35\x10\x00\x00\x00", 7);  // lea rsi, [rip + 16]: the line
    text += '\xBA';                                  // mov edx, its length
    add_number(text, line.size(), 4);
    text.append("\x0F\x05", 2);              // syscall
    text.append("\xB8\x3C\x00\x00\x00", 5);  // mov eax, 60: exit
    text.append("\x31\xFF\x0F\x05", 4);      // xor edi, edi; syscall
  } else if (machine_name() == "aarch64") {
    const std::array<std::uint64_t, 8> words = {
        0xD2800020,                      // mov x0, #1
        0x100000E1,                      // adr x1, 28 bytes on: the line
        0xD2800002 | line.size() << 5U,  // mov x2, its length
        0xD2800808,                      // mov x8, #64: write
        0xD4000001,                      // svc #0
        0xD2800000,                      // mov x0, #0
        0xD2800BA8,                      // mov x8, #93: exit
        0xD4000001,                      // svc #0
    };
    for (const std::uint64_t word : words) add_number(text, word, 4);
  } else {
    return {};
  }
  return text + line;
}

// A static ELF executable with one segment (System V ABI, "ELF header" and "Program header").
std::string program_file() {
  constexpr std::uint64_t kAddress = 0x400000;
  constexpr std::size_t kHeaders = 64 + 56;
  const std::string text = program_code();
  if (text.empty()) return std::string(kTestLine) + "\n";
  std::string elf(
      "\x7F"
      "ELF\x02\x01\x01",
      7);
  elf.resize(16);
  add_number(elf, 2, 2);                                      // an executable
  add_number(elf, machine_name() == "x86_64" ? 62 : 183, 2);  // EM_X86_64, EM_AARCH64
  add_number(elf, 1, 4);
  add_number(elf, kAddress + kHeaders, 8);  // where it begins
  add_number(elf, 64, 8);                   // the program header follows
  add_number(elf, 0, 8 + 4);                // no sections, no flags
  for (const unsigned size : {64U, 56U, 1U, 64U, 0U, 0U}) add_number(elf, size, 2);
  add_number(elf, 1, 4);  // PT_LOAD
  add_number(elf, 5, 4);  // may be read and executed
  for (const std::uint64_t field : {std::uint64_t{0}, kAddress, kAddress}) add_number(elf, field, 8);
  for (int i = 0; i < 2; ++i) add_number(elf, kHeaders + text.size(), 8);
  add_number(elf, 0x10000, 8);
  return elf + text;
}

std::string octal_field(std::uint64_t number, int digits) {
  std::string text;
  for (int i = digits - 1; i >= 0; --i)
    text += static_cast<char>('0' + (number >> (3U * static_cast<unsigned>(i)) & 7U));
  return text;
}

// With one file (POSIX.1-2017, pax, "ustar Interchange Format").
std::string tar_of(const std::string& name, const std::string& content) {
  std::string header = name;
  header.resize(100);
  header += octal_field(0755, 7) + '\0' + octal_field(0, 7) + '\0' + octal_field(0, 7) + '\0';
  header += octal_field(content.size(), 11) + '\0' + octal_field(0, 11) + '\0';
  header += std::string(8, ' ') + '0';  // the checksum is taken over blanks
  header.resize(257);
  header.append(
      "ustar\0"
      "00",
      8);
  header.resize(kTarBlock);
  std::uint64_t sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  header.replace(148, 8, octal_field(sum, 6) + std::string("\0 ", 2));
  std::string tar = header + content;
  tar.resize((tar.size() + kTarBlock - 1) / kTarBlock * kTarBlock + 2 * kTarBlock);
  return tar;
}

std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

// Stored as it is. RFC 1952 with a block of RFC 1951 section 3.2.4; RFC 8878 with a raw block (3.1.1.2).
// REQUIRES: less than 64 KiB.
std::string compressed(const std::string& tar, const std::string& compression) {
  std::string bytes;
  if (compression == "tar+gzip") {
    bytes.append("\x1F\x8B\x08\x00\x00\x00\x00\x00\x00\xFF\x01", 11);
    add_number(bytes, tar.size(), 2);
    add_number(bytes, ~tar.size(), 2);
    bytes += tar;
    add_number(bytes, crc32(tar), 4);
    add_number(bytes, tar.size(), 4);
  } else if (compression == "tar+zstd") {
    bytes.append("\x28\xB5\x2F\xFD\xA0", 5);  // one segment, its size in four bytes
    add_number(bytes, tar.size(), 4);
    add_number(bytes, tar.size() << 3U | 1U, 3);  // the last block
    bytes += tar;
  } else {
    return tar;
  }
  return bytes;
}

void write_new_file(const fs::path& path, const std::string& content) {
  const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.is_open()) throw errno_error(path);
  write_all(file.get(), as_bytes(content), path);
}

// Writes the blob, and returns its descriptor.
JsonObject put_blob(const fs::path& blobs, std::string_view type, const std::string& content) {
  const Digest digest = Digest::of(as_bytes(content));
  write_new_file(blobs / digest.hex(), content);
  JsonObject descriptor;
  descriptor.add("mediaType", type).add("digest", digest.string()).add("size", content.size());
  return descriptor;
}

}  // namespace

bool test_image_runs_here() { return !program_code().empty(); }

void write_test_image(const std::string& directory, const std::vector<std::string>& compressions) {
  const fs::path blobs = fs::path(directory) / "blobs/sha256";
  fs::create_directories(blobs);
  JsonArray layers;
  JsonArray diff_ids;
  for (const std::string& compression : compressions) {
    const bool is_first = &compression == compressions.data();
    const std::string tar =
        tar_of(is_first ? kTestProgram + 1 : compression, is_first ? program_file() : compression);
    layers.add(
        put_blob(blobs, "application/vnd.oci.image.layer.v1." + compression, compressed(tar, compression)));
    diff_ids.add(Digest::of(as_bytes(tar)).string());
  }
  JsonObject rootfs;
  rootfs.add("type", "layers").add("diff_ids", diff_ids);
  JsonObject config;
  config.add("architecture", image_architecture())
      .add("os", "linux")
      .add("config", JsonObject())
      .add("rootfs", rootfs);
  JsonObject manifest;
  manifest.add("schemaVersion", 2)
      .add("mediaType", kOciManifest)
      .add("config", put_blob(blobs, kConfigType, config.text()))
      .add("layers", layers);
  JsonObject entry = put_blob(blobs, kOciManifest, manifest.text());
  entry.add("annotations", JsonObject().add("org.opencontainers.image.ref.name", kTestTag));
  JsonObject index;
  index.add("schemaVersion", 2).add("manifests", JsonArray().add(entry));
  write_new_file(fs::path(directory) / "index.json", index.text());
  write_new_file(fs::path(directory) / "oci-layout", R"({"imageLayoutVersion":"1.0.0"})");
}

}  // namespace imgcrypt::cli
