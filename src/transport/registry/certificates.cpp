#include "transport/registry/certificates.hpp"

#include "base/exposure.hpp"
#include "base/stream/fd_stream.hpp"
#include "base/text/encoding.hpp"

#include <imgcrypt/error.hpp>

#include <fcntl.h>

#include <algorithm>
#include <iterator>
#include <system_error>
#include <vector>

namespace imgcrypt {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kMostPemBytes = 4 * 1024 * 1024;

// Whether it is the inside of a PEM block: DER, which begins with a SEQUENCE.
bool is_certificate(std::string_view lines) {
  constexpr std::uint8_t kSequence = 0x30;
  std::string text;
  std::ranges::copy_if(lines, std::back_inserter(text),
                       [](char c) { return c != '\n' && c != '\r' && c != ' '; });
  const auto der = decode_base64(text, Base64::kStandard);
  return der && !der->empty() && der->front() == kSequence;
}

// libcurl would take a bad file in silence where another one has authorities, and names none.
void require_certificates(std::string_view text, const std::string& file) {
  std::size_t certificates = 0;
  for (const std::string_view kind :
       {"CERTIFICATE-----", "TRUSTED CERTIFICATE-----", "X509 CERTIFICATE-----"}) {
    const std::string begin = "-----BEGIN " + std::string(kind);
    const std::string end = "-----END " + std::string(kind);
    for (std::size_t at = text.find(begin); at != std::string_view::npos; at = text.find(begin, at)) {
      at += begin.size();
      const std::size_t stop = text.find(end, at);
      if (stop == std::string_view::npos || !is_certificate(text.substr(at, stop - at)))
        throw Error(ErrorCode::kUsage, "certificates " + file + ": a certificate is damaged");
      ++certificates;
    }
  }
  if (certificates == 0) throw Error(ErrorCode::kUsage, "certificates " + file + ": there is none in it");
}

std::string read_pem(const fs::path& file) {
  try {
    Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (!fd.is_open()) throw errno_error("certificates " + file.string());
    ChunkPool pool;
    FdSource source(std::move(fd), file.string(), pool);
    std::string text(as_text(read_all(source, kMostPemBytes, file.string())));
    require_certificates(text, file.string());
    return text + "\n";
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
  if (error)
    throw Error(ErrorCode::kUsage, "the folder of certificates " + folder.string() + ": " + error.message(),
                "--cert-dir names a folder with authorities (*.crt) and client certificates (*.cert, *.key)");
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
    throw Error(ErrorCode::kUsage,
                "client certificate " + certificate.string() + " cannot be used: its key " +
                    trust.key.string() + " is missing",
                client_certificate_cure(trust.folder));
}

// A folder with a key has a client certificate that was to be shown.
void require_certificate_of(const fs::path& key) {
  const fs::path certificate = fs::path(key).replace_extension(".cert");
  std::error_code none;
  if (fs::exists(certificate, none)) return;
  throw Error(
      ErrorCode::kUsage,
      "client certificate " + certificate.string() + " is missing: its key " + key.string() + " is there",
      client_certificate_cure(key.parent_path()));
}

void warn_of_exposure(const fs::path& key, const RegistryOptions& options) {
  const std::string exposure = key.empty() ? std::string() : describe_exposure(key.string());
  if (options.warn && !exposure.empty()) options.warn("client key " + key.string() + ": " + exposure);
}

}  // namespace

HttpTrust find_trust(const RegistryOptions& options, const std::string& host, const std::string& origin) {
  HttpTrust trust;
  trust.verifies = options.tls == TlsVerification::kRequired;
  trust.certificate_origin = origin;
  trust.system_folder = options.system_ca_directory;
  if (!options.system_ca_file.empty()) add_authorities(trust, options.system_ca_file);
  if (!options.ca_file.empty()) add_authorities(trust, options.ca_file);
  trust.folder = folder_for(options, host);
  if (trust.folder.empty()) return trust;
  for (const fs::path& file : files_of(trust.folder)) {
    if (file.extension() == ".crt") add_authorities(trust, file);
    if (file.extension() == ".cert") add_client_certificate(trust, file);
    if (file.extension() == ".key") require_certificate_of(file);
  }
  warn_of_exposure(trust.key, options);
  return trust;
}

}  // namespace imgcrypt
