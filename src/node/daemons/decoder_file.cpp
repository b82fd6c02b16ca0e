#include "node/daemons/decoder_file.hpp"

#include "base/process/fd.hpp"
#include "node/daemons/whole_file.hpp"
#include "node/defaults.hpp"

#include <imgcrypt/error.hpp>

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <optional>

namespace imgcrypt {
namespace {

constexpr std::size_t kMostProgramBytes = std::size_t{256} << 20U;
constexpr mode_t kProgramMode = 0755;

// It is not started to be asked: the node may lack what it needs, and be another one than this machine. The
// sentence that its --help begins with is in the file.
void check_decoder(const std::string& file, ByteView program, const std::string& hint) {
  if (!as_text(program).starts_with(ELFMAG) || as_text(program).find(kDecoderAbout) == std::string_view::npos)
    throw Error(ErrorCode::kRefused, file + " is not imgcrypt's ctd-decoder", hint);
}

Bytes read_program(const std::string& file) {
  const Fd opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!opened.is_open()) throw errno_error(file);
  return read_all(opened.get(), kMostProgramBytes, file);
}

struct PresentDecoder {
  Bytes program;
  mode_t mode = 0;
};

// What is at `path`; nullopt: nothing.
std::optional<PresentDecoder> present_decoder(const std::string& path) {
  const std::string hint = "move it away, or choose another place: --decoder FILE";
  struct stat status = {};
  if (::lstat(path.c_str(), &status) != 0) return std::nullopt;
  if (!S_ISREG(status.st_mode)) throw Error(ErrorCode::kRefused, path + " is not a program", hint);
  PresentDecoder present{read_program(path), status.st_mode & 07777U};
  check_decoder(path, present.program, hint);
  return present;
}

}  // namespace

Linkage linkage_of_decoder(const std::string& file) {
  const Bytes program = read_program(file);
  check_decoder(file, program, {});
  Elf64_Ehdr header = {};
  if (program.size() < sizeof header) throw Error(ErrorCode::kRefused, file + " is not a program");
  std::memcpy(&header, program.data(), sizeof header);
  for (std::size_t at = 0; at < header.e_phnum; ++at) {
    const std::size_t place = header.e_phoff + at * sizeof(Elf64_Phdr);
    Elf64_Phdr segment = {};
    if (place > program.size() || program.size() - place < sizeof segment) break;
    std::memcpy(&segment, program.data() + place, sizeof segment);
    if (segment.p_type == PT_INTERP) return Linkage::kDynamic;
  }
  return Linkage::kStatic;
}

StoreChange install_decoder(const std::string& from, const std::string& path) {
  const Bytes program = read_program(from);
  check_decoder(from, program, {});
  const auto present = present_decoder(path);
  if (present && present->program == program && present->mode == kProgramMode) return StoreChange::kNone;
  make_directories(std::filesystem::path(path).parent_path(), 0755);
  write_whole_file(path, program, {}, kProgramMode);
  return present ? StoreChange::kReplaced : StoreChange::kWritten;
}

bool uninstall_decoder(const std::string& path) {
  if (!present_decoder(path)) return false;
  if (::unlink(path.c_str()) != 0) throw errno_error("remove " + path);
  return true;
}

}  // namespace imgcrypt
