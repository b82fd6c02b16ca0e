#include "transport/registry/registry_source.hpp"

#include "support/http_server.hpp"
#include "support/memory_sink.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

using namespace test;
using testing::Contains;
using testing::HasSubstr;

const std::string kContent = [] {
  std::string text;
  for (int i = 0; text.size() < 600'000; ++i) text += std::to_string(i) + "\n";
  return text;
}();
const Digest kDigest = Digest::of(as_bytes(kContent));
const Descriptor kLayer{"application/vnd.oci.image.layer.v1.tar", kDigest, kContent.size(), {}, {}};
const std::string kManifest =
    R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"x/y",)"
    R"("size":2,"digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"},"layers":[]})";

RegistryOptions quick() {
  RegistryOptions options;
  options.retries = 1;
  return options;
}

// A server that has one image, whose layer is what `layer` answers.
HttpServer::Handler image_with(HttpServer::Handler layer) {
  return [layer](const ServerRequest& request) {
    if (request.target == "/v2/") return answer(200);
    if (request.target == "/v2/x/manifests/t")
      return answer(200, {"Content-Type: application/vnd.oci.image.manifest.v1+json"}, kManifest);
    return layer(request);
  };
}

std::unique_ptr<RegistrySource> open_image(const HttpServer& server,
                                           const RegistryOptions& options = quick()) {
  return RegistrySource::open_image(std::make_unique<RegistryClient>(
      RegistryReference{server.host(), "x", "t"}, options, std::set<std::string>{"repository:x:pull"}));
}

std::string read_layer(RegistrySource& source) {
  ChunkPool pool;
  return std::string(as_text(pump_all(*source.open(kLayer, pool))));
}

ErrorCode failure_of(RegistrySource& source) {
  try {
    (void)read_layer(source);
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "it did not fail";
  return ErrorCode::kOther;
}

// A body that ends after `size` bytes, though more were announced.
std::string broken(const std::string& head, const std::string& body, std::size_t size) {
  return head + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body.substr(0, size);
}

TEST(RegistrySource, ReadsImageAndLayer) {
  HttpServer server(image_with([](const ServerRequest&) { return answer(200, {}, kContent); }));
  const auto source = open_image(server);
  EXPECT_EQ(source->root().descriptor.digest, Digest::of(as_bytes(kManifest)));
  EXPECT_EQ(source->root().descriptor.media_type, "application/vnd.oci.image.manifest.v1+json");
  EXPECT_EQ(read_layer(*source), kContent);
  EXPECT_THAT(server.requests(), Contains("GET /v2/x/blobs/" + kDigest.string()));
}

TEST(RegistrySource, GoesOnWhereTheConnectionBroke) {
  HttpServer server(image_with([](const ServerRequest& request) {
    const std::string range = request.header("range");
    if (range.empty()) return broken("HTTP/1.1 200 OK\r\n", kContent, 300'001);
    const std::size_t from = std::stoul(range.substr(6));
    const std::string place = std::to_string(from) + "-" + std::to_string(kContent.size() - 1) + "/*";
    return broken("HTTP/1.1 206 X\r\nContent-Range: bytes " + place + "\r\n", kContent.substr(from), 200'003);
  }));
  EXPECT_EQ(read_layer(*open_image(server)), kContent);
}

TEST(RegistrySource, BeginsAgainWhereThereAreNoRanges) {
  int requests = 0;
  HttpServer server(image_with([&](const ServerRequest&) {
    return ++requests == 1 ? broken("HTTP/1.1 200 OK\r\n", kContent, 300'001) : answer(200, {}, kContent);
  }));
  EXPECT_EQ(read_layer(*open_image(server)), kContent);
}

TEST(RegistrySource, RefusesAnotherRangeThanItAskedFor) {
  HttpServer server(image_with([](const ServerRequest& request) {
    return request.header("range").empty()
               ? broken("HTTP/1.1 200 OK\r\n", kContent, 300'001)
               : answer(206, {"Content-Range: bytes 5-9/10"}, kContent.substr(300'001));
  }));
  EXPECT_EQ(failure_of(*open_image(server)), ErrorCode::kRegistry);
}

TEST(RegistrySource, GivesUpWithoutProgress) {
  HttpServer server(image_with([](const ServerRequest& request) {
    return request.header("range").empty() ? broken("HTTP/1.1 200 OK\r\n", kContent, 300'001) : std::string();
  }));
  EXPECT_EQ(failure_of(*open_image(server)), ErrorCode::kNetwork);
}

TEST(RegistrySource, FindsWrongContent) {
  std::string wrong = kContent;
  wrong[5] = 'x';
  for (const std::string& body : {wrong, kContent + "x", kContent.substr(1)}) {
    HttpServer server(image_with([&](const ServerRequest&) { return answer(200, {}, body); }));
    EXPECT_EQ(failure_of(*open_image(server)), ErrorCode::kIntegrity);
  }
}

TEST(RegistrySource, TellsWhatIsMissingFromWhatIsRefused) {
  int status = 0;
  HttpServer server(image_with([&](const ServerRequest&) {
    return answer(status, {}, R"({"errors":[{"code":"DENIED","message":"no"}]})");
  }));
  for (const auto& [answered, expected] :
       {std::pair{404, ErrorCode::kNotFound}, {403, ErrorCode::kRegistry}, {500, ErrorCode::kRegistry}}) {
    status = answered;
    EXPECT_EQ(failure_of(*open_image(server)), expected) << answered;
  }
}

TEST(RegistrySource, ComesBackWhenItIsAskedTo) {
  int requests = 0;
  HttpServer server(image_with([&](const ServerRequest&) {
    return ++requests == 1 ? answer(429, {"Retry-After: 0"}) : answer(200, {}, kContent);
  }));
  EXPECT_EQ(read_layer(*open_image(server)), kContent);
}

TEST(RegistrySource, DoesNotWaitForHours) {
  HttpServer server(image_with([](const ServerRequest&) { return answer(503, {"Retry-After: 3600"}); }));
  EXPECT_EQ(failure_of(*open_image(server)), ErrorCode::kRegistry);
}

TEST(RegistrySource, GivesUpOnASilentServer) {
  HttpServer server(image_with([&](const ServerRequest&) {
    std::this_thread::sleep_for(std::chrono::seconds(5));
    return answer(200, {}, kContent);
  }));
  RegistryOptions options = quick();
  options.network_timeout = std::chrono::seconds(2);
  EXPECT_EQ(failure_of(*open_image(server, options)), ErrorCode::kNetwork);
}

TEST(RegistrySource, KeepsCredentialsFromOtherHosts) {
  std::string seen = "nothing";
  HttpServer other([&](const ServerRequest& request) {
    seen = request.header("authorization");
    return answer(200, {}, kContent);
  });
  HttpServer server([&](const ServerRequest& request) {
    if (request.header("authorization") != "Basic dTpw")
      return answer(401, {"WWW-Authenticate: Basic realm=\"r\""});
    if (request.target.find("/blobs/") != std::string::npos)
      return answer(307, {"Location: http://" + other.host() + "/elsewhere?sig=1"});
    return answer(200, {"Content-Type: application/vnd.oci.image.manifest.v1+json"}, kManifest);
  });
  RegistryOptions options = quick();
  options.credentials = [](const RegistryReference&) {
    Credentials credentials;
    credentials.user = "u";
    credentials.password = SecretBytes(1);
    credentials.password.expose_mutable()[0] = 'p';
    return std::optional(std::move(credentials));
  };
  std::string traces;
  options.trace = [&](const std::string& line) { traces += line + "\n"; };
  EXPECT_EQ(read_layer(*open_image(server, options)), kContent);
  EXPECT_EQ(seen, "");
  EXPECT_THAT(traces, HasSubstr("/elsewhere?sig=..."));
  EXPECT_THAT(traces, testing::Not(HasSubstr("dTpw")));
}

// Storage of its own, which has lost the blob, or never had it.
TEST(RegistrySource, NamesTheHostThatLacksABlob) {
  HttpServer other([](const ServerRequest&) { return answer(404); });
  HttpServer server(image_with([&](const ServerRequest&) {
    return answer(307, {"Location: http://" + other.host() + "/elsewhere"});
  }));
  const auto source = open_image(server);
  for (const auto& look : {+[](RegistrySource& of) { of.check_presence(kLayer); },
                           +[](RegistrySource& of) { (void)read_layer(of); }}) {
    try {
      look(*source);
      ADD_FAILURE() << "it did not fail";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kNotFound);
      EXPECT_THAT(error.message(), HasSubstr(" is missing at " + other.host() + ", where "));
    }
  }
}

TEST(RegistrySource, FollowsTenRedirectsAtMost) {
  int left = 10;
  HttpServer server(image_with([&](const ServerRequest&) {
    return left-- > 0 ? answer(302, {"Location: again"}) : answer(200, {}, kContent);
  }));
  EXPECT_EQ(read_layer(*open_image(server)), kContent);
  left = 11;
  EXPECT_EQ(failure_of(*open_image(server)), ErrorCode::kRegistry);
}

TEST(RegistrySource, BoundsHeadersAndManifests) {
  HttpServer headers([](const ServerRequest&) { return answer(200, {"X: " + std::string(70'000, 'x')}); });
  EXPECT_THROW((void)open_image(headers), Error);
  HttpServer giant([](const ServerRequest& request) {
    return request.target == "/v2/" ? answer(200) : answer(200, {}, std::string(5'000'000, ' '));
  });
  EXPECT_THROW((void)open_image(giant), Error);
}

TEST(RegistrySource, GetsATokenForAllRequests) {
  int tokens = 0;
  HttpServer server([&](const ServerRequest& request) {
    if (request.target.starts_with("/token")) {
      EXPECT_THAT(request.target, HasSubstr("scope=repository%3Ax%3Apull"));
      return answer(200, {}, R"({"token":"t)" + std::to_string(++tokens) + "\"}");
    }
    // The first token is good for the manifest alone.
    const bool is_layer = request.target.find("/blobs/") != std::string::npos;
    if (request.header("authorization") != (is_layer ? "Bearer t2" : "Bearer t1"))
      return answer(401, {"WWW-Authenticate: Bearer realm=\"http://" + request.header("host") +
                          "/token\",service=\"s\",scope=\"repository:x:pull\""});
    return answer(200, {}, is_layer ? kContent : kManifest);
  });
  const auto source = open_image(server);
  EXPECT_EQ(read_layer(*source), kContent);
  EXPECT_EQ(read_layer(*source), kContent);
  EXPECT_EQ(tokens, 2);
}

TEST(RegistrySource, SaysWhoWasRefused) {
  HttpServer server([](const ServerRequest& request) {
    return request.target == "/v2/" ? answer(200)
                                    : answer(403, {}, R"({"errors":[{"code":"DENIED\u001b"}]})");
  });
  try {
    (void)open_image(server);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kRegistry);
    EXPECT_THAT(error.message(), HasSubstr("403 DENIED?"));
    EXPECT_THAT(error.message(), HasSubstr("repository:x:pull, anonymous"));
    EXPECT_THAT(error.hint(), HasSubstr("imgcrypt login"));
  }
}

TEST(RegistrySource, FindsAManifestThatIsNotTheNamedOne) {
  HttpServer server([](const ServerRequest&) {
    return answer(200, {"Docker-Content-Digest: " + kDigest.string()}, kManifest);
  });
  try {
    (void)open_image(server);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kIntegrity);
  }
}

}  // namespace
}  // namespace imgcrypt
