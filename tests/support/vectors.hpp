// The vectors of tests/vectors, and what tests of them share.
#pragma once

#include "base/secret_bytes.hpp"
#include "base/text/encoding.hpp"

#include <imgcrypt/error.hpp>

#include <nlohmann/json.hpp>

#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <string>

namespace imgcrypt::test {

using Table = nlohmann::json;

inline std::string read_vector(const std::string& name) {
  std::ifstream file(std::string(VECTORS) + "/" + name, std::ios::binary);
  if (!file) throw std::runtime_error("no vector " + name);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

inline Table load_table(const std::string& name) { return Table::parse(read_vector(name)); }

// By value, because a range-based for would not keep the table alive for a reference into it.
inline Table load_rows(const std::string& name, const char* rows) { return load_table(name).at(rows); }

inline std::string text(const Table& row, const char* name) { return row.at(name).get<std::string>(); }

inline Bytes hex(const Table& row, const char* name) {
  const std::string digits = text(row, name);
  Bytes bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoul(digits.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

inline SecretBytes secret(ByteView bytes) { return SecretBytes::copy_of(bytes); }
inline SecretBytes secret(std::string_view bytes) { return SecretBytes::copy_of(as_bytes(bytes)); }
inline Bytes exposed(const SecretBytes& bytes) { return to_bytes(bytes.expose()); }
inline std::string text_of(const SecretBytes& bytes) { return std::string(as_text(bytes.expose())); }

// Whether a row needs nothing except what `known` lists.
inline bool needs_only(const Table& row, const std::set<std::string>& known) {
  for (const auto& need : row.at("needs")) {
    if (!known.contains(need.get<std::string>())) return false;
  }
  return true;
}

// The code of the Error that `call` throws; nullopt if it throws nothing.
template <typename Call>
std::optional<ErrorCode> error_of(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.code();
  }
  return std::nullopt;
}

// The error that `call` throws.
template <typename Call>
Error failure(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  throw std::logic_error("nothing failed");
}

}  // namespace imgcrypt::test
