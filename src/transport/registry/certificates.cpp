#include "transport/registry/certificates.hpp"

#include "base/stream/fd_stream.hpp"

#include <imgcrypt/error.hpp>

#include <fcntl.h>

#include <algorithm>
#include <system_error>
#include <vector>

namespace imgcrypt {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kMostPemBytes = 4 * 1024 * 1024;

std::string read_pem(const fs::path& file) {
  try {
    Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (!fd.is_open()) throw errno_error("certificates " + file.string());
    ChunkPool pool;
    FdSource source(std::move(fd), file.string(), pool);
    return std::string(as_text(read_all(source, kMostPemBytes, file.string()))) + "\n";
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) throw;
    throw Error(ErrorCode::kUsage, error.message(), "name a file with certificates in PEM");
  }
}

// By name; none if it is not a directory.
std::vector<fs::path> files_of(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    files.push_back(entry->path());
  if (error) throw Error(ErrorCode::kUsage, "certificates " + folder.string() + ": " + error.message());
  std::ranges::sort(files);
  return files;
}

fs::path folder_for(const RegistryOptions& options, const std::string& host) {
  if (!options.certificate_directory.empty()) return options.certificate_directory;
  std::error_code none;
  for (const fs::path& root : options.certificate_roots) {
    if (fs::is_directory(root / host, none)) return root / host;
  }
  return {};
}

void add_authorities(HttpTrust& trust, const fs::path& file) {
  trust.authorities += read_pem(file);
  trust.authority_files.push_back(file);
}

void add_client_certificate(HttpTrust& trust, const fs::path& certificate) {
  if (!trust.certificate.empty()) return;
  trust.certificate = certificate;
  trust.key = fs::path(certificate).replace_extension(".key");
  std::error_code none;
  if (!fs::exists(trust.key, none))
    throw Error(ErrorCode::kUsage, "client certificate " + certificate.string() + ": its key is missing",
                "put it at " + trust.key.string());
}

}  // namespace

HttpTrust find_trust(const RegistryOptions& options, const std::string& host, const std::string& origin) {
  HttpTrust trust;
  trust.verifies = options.tls == TlsVerification::kRequired;
  trust.certificate_origin = origin;
  if (!options.ca_file.empty()) add_authorities(trust, options.ca_file);
  const fs::path folder = folder_for(options, host);
  if (folder.empty()) return trust;
  for (const fs::path& file : files_of(folder)) {
    if (file.extension() == ".crt") add_authorities(trust, file);
    if (file.extension() == ".cert") add_client_certificate(trust, file);
  }
  return trust;
}

}  // namespace imgcrypt
