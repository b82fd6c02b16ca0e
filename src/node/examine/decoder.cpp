#include "node/examine/decoder.hpp"

#include "base/process/child_process.hpp"
#include "node/examine/program_safety.hpp"

#include <imgcrypt/error.hpp>

#include <sys/stat.h>
#include <unistd.h>

namespace imgcrypt {
namespace {

// What systemd gives to services, if nobody sets another.
constexpr std::string_view kUsualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr std::string_view kOurName = "ctd-decoder ";
constexpr std::string_view kSandboxLine = "sandbox: ";
constexpr std::chrono::seconds kMostTime{10};
// From this version on Kubernetes pulls by the transfer service, which hands the decoder no wrapped keys.
constexpr ContainerdVersion kWithoutPayload{2, 1};

bool is_program(const std::string& path) {
  struct stat status = {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

std::string search_path_of(const ExaminedContainerd& containerd) {
  const auto& running = containerd.running;
  return running && running->search_path ? *running->search_path : std::string(kUsualPath);
}

bool has_no_slash(const std::string& path) { return path.find('/') == std::string::npos; }

Finding not_found(const ExaminedContainerd& containerd, const DecoderUse& use) {
  const bool is_searched = has_no_slash(use.path);
  return {Severity::kFault, containerd.name(),
          is_searched ? "there is no " + use.path + " in " + (containerd.running ? "its" : "the usual") +
                            " PATH, " + search_path_of(containerd)
                      : "there is no decoder at " + containerd.below + use.path,
          "encrypted layers cannot be unpacked",
          "install ctd-decoder " +
              (is_searched ? "into one of these directories, such as /usr/local/bin" : "there: " + use.path)};
}

// What the program says of itself.
struct Answer {
  bool is_ours = false;
  std::string version;
  std::string sandbox;
};

Answer parse_answer(std::string_view text) {
  Answer answer;
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view first = text.substr(0, end);
  const std::size_t sandbox = text.find(kSandboxLine, end);
  answer.is_ours = first.starts_with(kOurName) && sandbox != std::string_view::npos;
  answer.version = first;
  if (!answer.is_ours) return answer;
  answer.version = first.substr(kOurName.size());
  const std::string_view line = text.substr(sandbox + kSandboxLine.size());
  answer.sandbox = line.substr(0, line.find('\n'));
  return answer;
}

Answer ask(const std::string& program) {
  const DeathWatch watch;
  ProgramLimits limits;
  limits.time = kMostTime;
  limits.output = 4096;
  return parse_answer(as_text(ChildProcess({program, {"--version"}}, limits, watch).finish({}).expose()));
}

Finding foreign(const ExaminedContainerd& containerd, const std::string& about, const Answer& answer) {
  const std::string what = "it is another program of this name" +
                           (answer.version.empty() ? std::string() : ": " + answer.version.substr(0, 100));
  const std::string cure = "put imgcrypt's ctd-decoder in its place";
  if (!containerd.version || *containerd.version >= kWithoutPayload)
    return {Severity::kFault, about, what,
            "it needs the layer's wrapped keys on a descriptor, which containerd 2.1 and newer do not pass: "
            "it refuses every layer there; ours finds them by itself",
            cure};
  return {Severity::kFault, about, what,
          "it works for Kubernetes only: ctr, nerdctl and Docker pass it no wrapped keys, and a layer that "
          "it fails on may be taken for whole",
          cure};
}

void judge(const ExaminedContainerd& containerd, const DecoderUse& use, const std::string& about,
           const Answer& answer, const std::string& own_version, Findings& findings) {
  if (!answer.is_ours) return findings.push_back(foreign(containerd, about, answer));
  findings.push_back({Severity::kFine, about, "imgcrypt's, version " + answer.version, {}, {}});
  if (answer.version != own_version)
    findings.push_back({Severity::kNote, about,
                        "its version is " + answer.version + ", that of this imgcrypt " + own_version,
                        "the two are tested together only", "install both from the same package"});
  if (use.is_unconfined)
    findings.push_back({Severity::kFault, about, "its configuration says --sandbox=off",
                        "a fault in it would hand the node to whoever made a hostile image",
                        "take --sandbox out of its args, then " + containerd.restart_command()});
  const bool is_whole = answer.sandbox.find("Landlock") != std::string::npos &&
                        answer.sandbox.find("seccomp") != std::string::npos;
  findings.push_back(
      is_whole ? Finding{Severity::kFine, about, "this kernel offers it a sandbox: " + answer.sandbox, {}, {}}
               : Finding{Severity::kNote, about,
                         "this kernel offers it only a part of its sandbox: " + answer.sandbox,
                         "a hostile image that found a fault in it could do more",
                         "use Linux 5.13 or newer with Landlock"});
}

}  // namespace

std::optional<std::string> find_program_of(const ExaminedContainerd& containerd, const std::string& path) {
  if (!has_no_slash(path)) return is_program(containerd.below + path) ? std::optional(path) : std::nullopt;
  std::string_view rest;
  const std::string all = search_path_of(containerd);
  for (rest = all; !rest.empty();) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    const std::string candidate = std::string(rest.substr(0, end)) + "/" + path;
    // Go takes nothing from a directory that is not absolute.
    if (candidate.starts_with('/') && end > 0 && is_program(containerd.below + candidate)) return candidate;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return std::nullopt;
}

Findings examine_decoder(const ExaminedContainerd& containerd, const DecoderUse& use,
                         const std::string& own_version) {
  const auto found = find_program_of(containerd, use.path);
  const bool knows_path = !containerd.running || containerd.running->search_path || !has_no_slash(use.path);
  if (!found && !knows_path)
    return {{Severity::kNote, containerd.name(), "its PATH cannot be read", "the decoder is not examined",
             "run doctor as root"}};
  if (!found) return {not_found(containerd, use)};
  const std::string program = containerd.below + *found;
  const std::string about = "decoder " + program;
  Findings findings;
  if (const std::string danger = danger_of_program(program); !danger.empty()) {
    findings.push_back(
        {Severity::kFault, about, danger, "whoever can replace it gets the node's keys",
         "chown root " + program + " && chmod go-w " + program + ", and the same for its directory"});
    return findings;
  }
  if (!containerd.has_our_programs()) {
    findings.push_back({Severity::kNote, about, "it was found, and not started",
                        "programs of another root are not started, so its version is not known",
                        "run doctor there"});
    return findings;
  }
  try {
    judge(containerd, use, about, ask(program), own_version, findings);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) throw;
    findings.push_back({Severity::kFault, about, error.message(),
                        "a decoder that does not start unpacks nothing",
                        "install the libraries that it lacks, or a statically linked ctd-decoder"});
  }
  return findings;
}

}  // namespace imgcrypt
