// The decoder that a containerd would start: where it is, whose it is, and whether it is fit for the job.
// Starts programs; for one thread.
#pragma once

#include "node/examine/decoder_use.hpp"

#include <optional>
#include <string>

namespace imgcrypt {

// The file that containerd would start for `path`, as it sees it, looked for in its PATH as Go's
// exec.LookPath does; nullopt if there is none. The PATH of one that does not run is systemd's.
[[nodiscard]] std::optional<std::string> find_program_of(const ExaminedContainerd& containerd,
                                                         const std::string& path);

// `own_version` is that of the program which asks. Throws kCancelled.
[[nodiscard]] Findings examine_decoder(const ExaminedContainerd& containerd, const DecoderUse& use,
                                       const std::string& own_version);

}  // namespace imgcrypt
