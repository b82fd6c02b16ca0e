// Other programs as sources of data that we did not make.
#pragma once

#include "base/bytes.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <string>

namespace imgcrypt::test {

// What the program makes of the text on its stdin.
inline Bytes run_program(const std::string& program, const std::string& text) {
  const std::string file = testing::TempDir() + "run_program." + std::to_string(::getpid());
  std::ofstream(file, std::ios::binary) << text;
  FILE* pipe = ::popen((program + " <" + file).c_str(), "r");
  Bytes output;
  std::array<std::uint8_t, 4096> buffer{};
  for (std::size_t size = 0; (size = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    output.insert(output.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(size));
  EXPECT_EQ(::pclose(pipe), 0) << program;
  std::remove(file.c_str());
  return output;
}

}  // namespace imgcrypt::test
