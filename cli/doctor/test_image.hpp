// The tiny image of doctor's self-test: a layer for each compression that the node says it takes, and in them
// a program that prints a line. Made without a compiler or a compressor. Pure functions, apart from writing
// files.
#pragma once

#include <string>
#include <vector>

namespace imgcrypt::cli {

// What a container of it prints.
inline constexpr const char* kTestLine = "imgcrypt doctor";
// The program's path in it.
inline constexpr const char* kTestProgram = "/imgcrypt-doctor";
inline constexpr const char* kTestTag = "test";

// Whether it has a program that runs on this machine; it is only unpacked otherwise.
[[nodiscard]] bool test_image_runs_here();

// Writes an OCI layout, which has the image under kTestTag, for the platform of this machine. `compressions`
// are "tar", "tar+gzip" and "tar+zstd". REQUIRES: `directory` is empty. Throws kOther.
void write_test_image(const std::string& directory, const std::vector<std::string>& compressions);

}  // namespace imgcrypt::cli
