"""The faults, each a row: what the registry does, and what imgcrypt must do."""
import dataclasses
import gzip
import json
import typing

import behaviours as b
from behaviours import on, once, several


@dataclasses.dataclass(frozen=True)
class Fault:
    name: str
    does: str
    # What the test does: pull (an image out of the registry), push, recipients (in place), mount (recipients, to another
    # repository), push-large (a layer of 9 MiB, which needs two chunks), raw (the manifest alone), tags, missing-tag and
    # missing-repository; several words are several runs.
    # Empty: not run from the table.
    runs: str
    exits: str  # the exit status; several: one of them
    words: tuple = ()  # all of which the error has
    settings: dict = dataclasses.field(default_factory=dict)  # fields of distribution.Settings
    make: typing.Optional[typing.Callable] = None  # (registry, argument): a behaviour
    argument: str = ""
    tls: bool = False
    leaves_upload: bool = False  # nobody could delete it
    log: str = "true"  # a filter of jq over the list of the log's lines, which must give true
    skopeo: str = ""  # what skopeo 1.9.3 does with the runs that it has, pull and push


def plainly(behave):
    return lambda registry, argument: behave


TOKENS = {"auth": "token"}
RETRY_SOON = {"Retry-After": "1"}
BUSY = b.refuse(429, "TOOMANYREQUESTS", "slow down", RETRY_SOON)
BUSY_FOR_AN_HOUR = b.refuse(429, "TOOMANYREQUESTS", "slow down", {"Retry-After": "3600"})
BROKEN = b.say(503, b"<html>upstream is down</html>", {"Content-Type": "text/html"})
ESCAPES = "you \x1b[31mmay\x1b[0m not\r\x07 do that"
PIECE = 100_000  # of blobs of some 600 KB
SWALLOWED = several(b.say(202), b.sent(b.silence))
# The first request is for the config, which is small.
FIRST_LAYER_BREAKS = on("GET blob", b.sent(b.cut_after(PIECE)), first=2, times=1)


def at_most(count, condition):
    return f"([.[] | select({condition})] | length) <= {count}"


def exactly(count, condition):
    return f"([.[] | select({condition})] | length) == {count}"


# However many images and repositories of it a command reads and writes.
ONE_GREETING = at_most(1, '.port == "main" and .kind == "base"')
AT_MOST_TWO_TOKENS = at_most(2, '.kind == "token"')
AT_MOST_TWO_ENDS_EACH = '[.[] | select(.method == "PUT")] | group_by(.query.digest) | all(length <= 2)'


def _is_about_referrers(request):
    return request.kind == "referrers" or (request.kind == "manifest" and request.name.startswith("sha256-"))


FAULTS = [
    Fault("none", "nothing wrong", "pull push recipients mount tags", "0",
          log=f'({at_most(0, ".status >= 500")}) and ({ONE_GREETING})', skopeo="does it"),
    # --- who may do what
    Fault("basic", "asks for Basic credentials", "pull push recipients mount tags", "0", settings={"auth": "basic"},
          log=f'({at_most(1, ".status == 401")}) and ({ONE_GREETING})', skopeo="does it"),
    Fault("tokens", "asks for tokens of narrow scope", "pull push recipients mount tags", "0", settings=TOKENS,
          log=f"({AT_MOST_TWO_TOKENS}) and ({ONE_GREETING})", skopeo="does it"),
    Fault("expiring-tokens", "each token is good for three requests", "pull push mount", "0",
          settings={**TOKENS, "token_uses": 3}, skopeo="fails; fails, leaves the upload open"),
    Fault("token-lost-in-upload", "all tokens expire when a chunk arrives", "push-large", "0", settings=TOKENS,
          make=lambda r, _: on("PATCH upload", b.forget_tokens(r), times=2), skopeo="fails, leaves the upload open"),
    Fault("token-lost-at-end", "all tokens expire when an upload is finished", "push push-large", "0", settings=TOKENS,
          make=lambda r, _: on("PUT upload", b.forget_tokens(r), times=2), skopeo="fails, leaves the upload open"),
    Fault("useless-tokens", "no token is ever good", "pull push", "4", ("HOST",), settings={**TOKENS, "token_uses": 0},
          skopeo="refuses"),
    Fault("realm-elsewhere", "another host gives the tokens", "pull push", "0",
          settings={**TOKENS, "realm": "elsewhere"}, skopeo="does it"),
    Fault("realm-without-tls", "tokens come from a server without TLS", "pull", "4", ("PLAIN",), tls=True,
          settings={**TOKENS, "realm": "plain"}, skopeo="sends the password there"),
    Fault("token-server-down", "the token server answers 503", "pull", "4", ("TOKENS", "later"), settings=TOKENS,
          make=plainly(on("* token", BROKEN)), skopeo="refuses"),
    Fault("token-not-json", "the token server answers with a page", "pull", "4", ("TOKENS", "web page instead of a token"), settings=TOKENS,
          make=plainly(on("* token", b.say(200, b"<html>welcome</html>", {"Content-Type": "text/html"}))),
          skopeo="refuses"),
    Fault("token-by-its-other-name", "the token is in access_token, and token is empty", "pull push", "0", settings=TOKENS,
          make=plainly(on("* token", b.with_body(lambda text: json.dumps({**json.loads(text), "token": ""}).encode())))),
    Fault("challenge-broken", "WWW-Authenticate does not end", "pull push", "4",
          ("HOST: its WWW-Authenticate", "401 to http://HOST/v2/"), make=plainly(on("* base", b.say(401, b"", {"WWW-Authenticate": 'Bearer realm="http://a'})))),
    Fault("challenge-without-host", "the address of the token server has no host", "pull push", "4",
          ("HOST: the registry named an address", "401 to http://HOST/v2/"), make=plainly(on("* base", b.say(401, b"", {"WWW-Authenticate": 'Bearer realm="/token"'})))),
    Fault("token-endless", "the token server's answer never ends", "pull", "4", ("TOKENS",), settings=TOKENS,
          make=plainly(on("* token", b.sent(b.endless))), skopeo="refuses"),
    Fault("denied-push", "403 with terminal escapes in its message", "push", "4", ("HOST", "403", "may"),
          make=plainly(on("POST start", b.refuse(403, "DENIED", ESCAPES))), skopeo="refuses"),
    Fault("denied-pull", "403 for everything that is read", "pull", "4", ("HOST", "403"),
          make=plainly(on("GET manifest", b.refuse(403, "DENIED", "requested access is denied"))), skopeo="refuses"),
    Fault("repeats-token", "an error holds the token that was sent", "pull push", "4", ("HOST",), settings=TOKENS,
          make=plainly(several(on("GET manifest", b.repeat_credentials(403)),
                               on("POST start", b.repeat_credentials(403)))), skopeo="refuses, shows it"),
    Fault("repeats-password", "an error holds the credentials that were sent", "pull push", "4", ("HOST",),
          settings={"auth": "basic"},
          make=plainly(several(on("GET manifest", b.repeat_credentials(403)),
                               on("POST start", b.repeat_credentials(403)))), skopeo="refuses, shows it"),
    Fault("token-server-repeats-password", "the token server's error holds the password", "pull", "4", ("TOKENS",),
          settings=TOKENS, make=plainly(on("* token", b.repeat_credentials(403))), skopeo="refuses"),
    # --- busy and broken servers
    Fault("busy-once", "429 with Retry-After: 1 for a blob", "pull", "0", make=plainly(once("GET blob", BUSY)),
          skopeo="does it"),
    Fault("busy-once-up", "429 with Retry-After: 1 for a new upload", "push", "0",
          make=plainly(once("POST start", BUSY)), skopeo="does it"),
    Fault("busy-for-an-hour", "429 with Retry-After: 3600", "pull", "4", ("HOST", "429"),
          make=plainly(on("GET blob", BUSY_FOR_AN_HOUR)), log=at_most(2, ".status == 429"), skopeo="hangs"),
    Fault("broken-once", "503 once for each kind of request", "pull push push-large recipients", "0",
          make=plainly(several(*(once(what, BROKEN) for what in (
              "GET manifest", "HEAD blob", "GET blob", "POST start", "PATCH upload", "PUT upload", "PUT manifest")))),
          skopeo="fails"),
    Fault("broken-blobs", "503 for each blob", "pull", "4", ("HOST", "503"), make=plainly(on("GET blob", BROKEN)),
          skopeo="refuses"),
    Fault("broken-uploads", "503 for each chunk", "push-large", "4", ("HOST", "503"),
          make=plainly(on("PATCH upload", BROKEN)), skopeo="refuses, leaves the upload open"),
    Fault("broken-manifests", "503 for each manifest that is put", "push", "4", ("HOST", "503"),
          make=plainly(on("PUT manifest", BROKEN)), skopeo="refuses"),
    Fault("broken-base", "500 for /v2/", "pull push", "4", ("HOST", "503", "later"), make=plainly(on("GET base", BROKEN)), skopeo="refuses"),
    # --- downloads
    Fault("resets-down", "each answer with a blob breaks after 100 KB", "pull", "0",
          make=plainly(on("GET blob", b.sent(b.cut_after(PIECE)))), skopeo="fails"),
    Fault("short-down", "each answer with a blob ends after 100 KB", "pull", "0",
          make=plainly(on("GET blob", b.sent(b.cut_after(PIECE, is_reset=False)))), skopeo="fails"),
    Fault("resets-down-without-ranges", "as resets-down, and Range is not heeded", "pull", "5", ("HOST",),
          settings={"ranges": False}, make=plainly(on("GET blob", b.sent(b.cut_after(PIECE)))), skopeo="refuses"),
    Fault("reset-down-once-without-ranges", "the first layer breaks after 100 KB, and Range is not heeded", "pull", "0",
          settings={"ranges": False}, make=plainly(FIRST_LAYER_BREAKS), skopeo="fails"),
    Fault("range-refused", "the first layer breaks, and 416 for each Range", "pull", "0",
          make=plainly(several(on("GET blob", lambda request, proceed: b.say(416)(request, proceed)
                                  if "Range" in request.headers else proceed(request)),
                               FIRST_LAYER_BREAKS)), skopeo="refuses"),
    Fault("wrong-content-range", "the first layer breaks, and the rest is another piece than was asked for", "pull",
          "4", make=plainly(several(
              FIRST_LAYER_BREAKS,
              on("GET blob", b.with_headers(
                  Content_Range=lambda value: value and value.replace("bytes ", "bytes 1")), first=2))),
          skopeo="refuses"),
    Fault("reset-at-manifest", "the answer with the manifest breaks", "pull", "5", ("HOST",),
          make=plainly(on("GET manifest", b.sent(b.cut_after(20)))), skopeo="refuses"),
    Fault("resets-down-early", "each answer with a blob breaks after 100 bytes", "pull", "5", ("HOST",),
          make=plainly(on("GET blob", b.sent(b.cut_after(100)))), skopeo="refuses"),
    Fault("drip-down", "a byte of a blob from time to time", "pull", "5", ("HOST", ": too slow: less than 4 KiB in 6 seconds (GET "),
          make=plainly(on("GET blob", b.sent(b.drip))), skopeo="hangs"),
    Fault("silent-down", "no answer to a request for a blob", "pull", "5", ("HOST",),
          make=plainly(on("GET blob", b.sent(b.silence))), log=exactly(2, '.kind == "blob"'), skopeo="hangs"),
    Fault("silent-up", "each chunk is taken and never answered", "push-large", "0",
          make=plainly(on("PATCH upload", b.sent(b.silence))), skopeo="hangs, leaves the upload open"),
    Fault("swallows-up", "each chunk is read, lost and never answered", "push-large", "5",
          ("HOST", ": no answer for 6 seconds (PATCH ", "--network-timeout"), make=plainly(on("PATCH upload", SWALLOWED)),
          log=exactly(2, '.method == "PATCH"')),
    Fault("swallows-up-and-hides", "the same, and nobody is told how much of the upload is there", "push-large", "5",
          ("HOST", ": no answer for 6 seconds (GET ", "--network-timeout"),
          make=plainly(several(on("PATCH upload", SWALLOWED), on("GET upload", b.sent(b.silence)))),
          log=exactly(2, '.kind == "upload" and .method != "DELETE" and .method != "PUT"')),
    Fault("swallows-at-end", "the end of each upload is read, lost and never answered", "push", "5",
          ("HOST", ": no answer for 6 seconds (PUT "), make=plainly(on("PUT upload", SWALLOWED)),
          log=AT_MOST_TWO_ENDS_EACH),
    Fault("endless-blob", "a blob is followed by zeros for ever", "pull", "7",
          make=plainly(on("GET blob", b.sent(b.endless))), skopeo="hangs"),
    Fault("endless-manifest", "a manifest is followed by zeros for ever", "pull", "4",
          make=plainly(on("GET manifest", b.sent(b.endless))), skopeo="refuses"),
    Fault("endless-error", "an error's text never ends", "pull", "4", ("HOST", "403"),
          make=plainly(on("GET manifest", several(b.refuse(403, "DENIED", "no"), b.sent(b.endless)))),
          skopeo="refuses"),
    Fault("wrong-length", "a blob is longer than it should be, and than its Content-Length", "pull", "7",
          make=plainly(on("GET blob", b.sent(b.longer))), skopeo="refuses"),
    Fault("wrong-blob", "a bit of each blob is wrong", "pull", "7", ("digest",),
          make=plainly(on("GET blob", b.with_body(b.flip_a_bit))), skopeo="refuses"),
    Fault("wrong-manifest", "a bit of the manifest is wrong", "pull raw", "7",
          make=plainly(on("GET manifest", b.with_body(b.flip_a_bit))), skopeo="refuses"),
    Fault("wrong-digest-header", "Docker-Content-Digest of a manifest is another one", "pull", "7",
          make=plainly(on("* manifest", b.with_headers(Docker_Content_Digest="sha256:" + 64 * "0"))), skopeo="goes on"),
    Fault("bad-digest-header", "Docker-Content-Digest is no digest", "pull", "0",
          make=plainly(on("* manifest", b.with_headers(Docker_Content_Digest="sha256:../../etc"))), skopeo="does it"),
    Fault("no-digest-header", "Docker-Content-Digest is missing", "pull push recipients raw", "0",
          settings={"digest_header": False}, skopeo="does it"),
    Fault("no-manifest", "an answer that is no manifest, and without a digest", "pull raw", "4",
          ("HOST", "something else than the manifest of app:t", "without a digest"),
          make=plainly(on("GET manifest", several(b.with_headers(Docker_Content_Digest=None), b.with_body(lambda _: b'{"ok": true}'))))),
    Fault("no-ranges", "Range is not heeded", "pull", "0", settings={"ranges": False}, skopeo="does it"),
    Fault("giant-manifest", "a manifest of 5 MiB", "pull", "4", ("the manifest of app:t", "4096 KiB"),
          make=plainly(on("GET manifest", b.with_body(lambda text: text + b" " * (5 * b.MIB)))), skopeo="refuses"),
    Fault("giant-header", "a header of 64 MiB", "pull", "5", ("HOST",),
          make=plainly(on("GET manifest", b.sent(b.giant_header))), skopeo="refuses"),
    Fault("endless-headers", "headers that never end", "pull", "4", ("HOST",),
          make=plainly(on("GET manifest", b.sent(b.endless_headers))), skopeo="refuses"),
    Fault("manifest-type-json", "a manifest comes as application/json", "pull", "0",
          make=plainly(on("* manifest", b.with_headers(Content_Type="application/json"))), skopeo="fails"),
    Fault("manifest-type-html", "a manifest comes as text/html", "pull", "0",
          make=plainly(on("* manifest", b.with_headers(Content_Type="text/html"))), skopeo="refuses"),
    Fault("manifest-type-missing", "a manifest comes without Content-Type", "pull", "0",
          make=plainly(on("* manifest", b.with_headers(Content_Type=None))), skopeo="fails"),
    Fault("manifest-is-a-page", "a page that welcomes everybody instead of a manifest", "pull", "4",
          ("HOST", "web page instead of the manifest of", "HTTPS_PROXY"),
          make=plainly(on("GET manifest", b.say(200, b"<html>welcome</html>", {"Content-Type": "text/html"}))),
          skopeo="refuses"),
    Fault("not-a-registry", "404 with a page for everything", "pull push", "4", ("HOST",),
          make=plainly(on("* *", b.say(404, b"<html>nothing here</html>", {"Content-Type": "text/html"}))),
          skopeo="refuses"),
    Fault("tag-not-found", "404 for the tag", "missing-tag", "2", ("HOST has no image app:absent",)),
    Fault("repository-not-found", "404 for the repository", "missing-repository", "2", ("HOST has no repository absent",)),
    # --- redirects
    Fault("redirect-elsewhere", "blobs are on another host", "pull", "0", settings=TOKENS,
          make=lambda r, _: on("GET blob", b.redirect(r, "elsewhere")), skopeo="does it"),
    Fault("redirect-elsewhere-basic", "blobs are on another host", "pull", "0", settings={"auth": "basic"},
          make=lambda r, _: on("GET blob", b.redirect(r, "elsewhere")), skopeo="does it"),
    Fault("redirect-without-tls", "blobs are on another host without TLS", "pull", "4", ("PLAIN",), tls=True,
          settings=TOKENS, make=lambda r, _: on("GET blob", b.redirect(r, "plain")), skopeo="goes there"),
    Fault("redirect-upload-elsewhere", "a new upload is redirected to another host", "push", "0",
          settings=TOKENS, make=lambda r, _: on("POST start", b.redirect(r, "elsewhere")),
          skopeo="sends the token there"),
    Fault("redirect-manifest-elsewhere", "manifests are on another host", "pull", "0", settings=TOKENS,
          make=lambda r, _: on("GET manifest", b.redirect(r, "elsewhere")), skopeo="does it"),
    Fault("redirects-some", "five redirects in a row", "pull", "0", make=plainly(on("GET blob", b.redirects(5))),
          skopeo="does it"),
    Fault("redirects-many", "eleven redirects in a row", "pull", "4", ("HOST",),
          make=plainly(on("GET blob", b.redirects(11))), skopeo="refuses"),
    Fault("redirect-loop", "redirects that never end", "pull", "4", ("HOST",),
          make=plainly(on("GET blob", b.redirects(10**9))), skopeo="refuses"),
    Fault("redirect-to-file", "a redirect to file:///etc/passwd", "pull", "4", ("HOST",),
          make=plainly(on("GET blob", b.say(307, b"", {"Location": "file:///etc/passwd"}))), skopeo="refuses"),
    Fault("redirect-to-nothing", "blobs are on another host, which lacks them", "pull", "2", ("ELSEWHERE", "where 127.0.0.1"),
          make=lambda r, _: on("GET blob", several(b.say(404), b.redirect(r, "elsewhere")))),
    Fault("redirect-nowhere", "a redirect without Location", "pull", "4", ("HOST",),
          make=plainly(on("GET blob", b.say(307))), skopeo="refuses"),
    # --- uploads
    Fault("relative-location", "Location of uploads has no host", "push push-large", "0", settings={"location": "relative"},
          skopeo="does it"),
    Fault("location-elsewhere", "uploads go to another host", "push push-large", "0", settings={**TOKENS, "location": "elsewhere"},
          skopeo="sends the token there"),
    Fault("location-elsewhere-basic", "uploads go to another host", "push", "0",
          settings={"auth": "basic", "location": "elsewhere"}, skopeo="sends the password there"),
    Fault("location-without-tls", "uploads go to another host without TLS", "push", "4", ("HOST", "plain http"), tls=True,
          settings=TOKENS, make=lambda r, _: on("POST start", b.with_headers(
              Location=lambda old: old and old.replace(r.origins["main"], r.origins["plain"]))),
          leaves_upload=True, skopeo="sends the token there"),
    Fault("location-missing", "a new upload has no Location", "push", "4", ("HOST", "does not say where"),
          make=plainly(on("POST start", b.with_headers(Location=None))), leaves_upload=True, skopeo="refuses, leaves the upload open"),
    Fault("resets-up", "each upload breaks at every MiB once", "push-large", "0", make=b.cut_upload, argument=str(b.MIB),
          skopeo="fails, leaves the upload open"),
    Fault("reset-up-once", "the first chunk breaks after 100 KB", "push-large", "0",
          make=plainly(once("PATCH upload", b.reset_up(PIECE))), skopeo="fails, leaves the upload open"),
    Fault("reset-at-end-once", "the first end of an upload breaks after 100 KB", "push", "0",
          make=plainly(once("PUT upload", b.reset_up(PIECE)))),
    Fault("broken-ends", "503 for the end of each upload", "push push-large", "4", ("HOST", "503"),
          make=plainly(on("PUT upload", BROKEN))),
    Fault("silent-at-end", "the end of each upload is obeyed and never answered", "push", "0",
          make=plainly(on("PUT upload", b.sent(b.silence)))),
    Fault("stalls-up", "the end of each upload is not read", "push", "5", ("HOST", "for 6 seconds"),
          make=plainly(on("PUT upload", b.stall))),
    Fault("too-large-at-end", "413 for the end of each upload", "push", "4", ("HOST", "413"),
          make=plainly(on("PUT upload", b.refuse(413, "SIZE_INVALID", "too large for us")))),
    Fault("resets-up-for-ever", "each request breaks at its first byte", "push push-large", "5", ("HOST",),
          make=plainly(on("* upload", b.reset_up(0))), skopeo="refuses, leaves the upload open"),
    Fault("lost-answer", "the answer to a chunk is lost", "push-large", "0",
          make=plainly(once("PATCH upload", b.lose_answer)), skopeo="fails, leaves the upload open"),
    Fault("lost-answer-at-end", "the answer to the end of an upload is lost", "push push-large", "0",
          make=plainly(once("PUT upload", b.lose_answer)), skopeo="fails"),
    Fault("lost-answer-at-manifest", "the answer to a manifest is lost", "push", "0",
          make=plainly(once("PUT manifest", b.lose_answer)), skopeo="fails"),
    Fault("checked-locations", "a Location does not outlive a broken chunk", "push-large", "0",
          settings={"checked_locations": True}, make=plainly(once("PATCH upload", b.reset_up(PIECE))), leaves_upload=True,
          skopeo="fails, leaves the upload open"),
    Fault("offset-behind", "of the first chunk 1000 bytes are lost, as the answer says", "push-large", "0",
          make=lambda r, _: once("PATCH upload", b.forget_bytes(r, 1000)), skopeo="fails"),
    Fault("takes-little", "100 bytes of each chunk are kept", "push-large", "5", ("HOST",),
          make=lambda r, _: on("PATCH upload", b.keep_bytes(r, 100))),
    Fault("offset-ahead", "each answer to a chunk says that more arrived than was sent", "push-large", "5", ("HOST",),
          make=lambda r, _: on("PATCH upload", b.claim_bytes(r, 1000)), skopeo="goes on"),
    Fault("offset-refused", "416 for the first chunk", "push-large", "0",
          make=plainly(once("PATCH upload", b.say(416, b"", {"Range": "0-0"}))),
          skopeo="fails, leaves the upload open"),
    Fault("upload-vanishes", "an upload is gone when its end is sent", "push push-large", "0",
          make=lambda r, _: once("PUT upload", b.vanish(r)), skopeo="fails"),
    Fault("upload-vanishes-at-chunk", "an upload is gone when a chunk is sent", "push-large", "0",
          make=lambda r, _: once("PATCH upload", b.vanish(r)), skopeo="fails"),
    Fault("uploads-vanish", "each upload is gone when its end is sent", "push push-large", "5", ("HOST",),
          make=lambda r, _: on("PUT upload", b.vanish(r)), skopeo="refuses"),
    Fault("no-chunks", "PATCH is refused", "push-large", "0", settings={"patch": False},
          skopeo="refuses, leaves the upload open"),
    Fault("one-chunk", "PATCH is taken once for each upload", "push-large", "0", settings={"patches": 1}, skopeo="does it"),
    Fault("one-chunk-breaks", "PATCH is taken once for each upload, and the second upload breaks after 100 KB", "push-large", "0",
          settings={"patches": 1}, make=plainly(on("PATCH upload", b.reset_up(PIECE), first=3, times=1)),
          log='[.[] | select(.method == "PATCH")] | length == 4', skopeo="does it"),
    Fault("one-chunk-breaks-late", "the same after 8.5 MiB, so that the layer is made anew", "push-large", "0",
          settings={"patches": 1}, make=plainly(on("PATCH upload", b.reset_up(17 * b.MIB // 2), first=3, times=1)),
          log='[.[] | select(.method == "PATCH")] | length == 4', skopeo="does it"),
    Fault("large-chunks", "chunks below 1 GiB are not taken, and a Location does not outlive a broken request", "push-large", "0",
          settings={"checked_locations": True}, make=plainly(on("POST start", b.with_headers(OCI_Chunk_Min_Length=str(1 << 30)))),
          log=exactly(1, '.method == "PATCH"')),
    Fault("no-mounts", "blobs are not mounted", "mount", "0", settings={"mounts": False}),
    Fault("upload-too-large", "413 for each chunk", "push-large", "4", ("HOST", "413"),
          make=plainly(on("PATCH upload", b.refuse(413, "SIZE_INVALID", "too large for us"))),
          skopeo="refuses, leaves the upload open"),
    Fault("upload-page", "a page is what the network answers to uploads", "push", "4", ("HOST", "a web page instead of letting us push to new"),
          make=plainly(on("POST start", b.say(200, b"<html>log in</html>", {"Content-Type": "text/html"})))),
    Fault("upload-digest-refused", "an upload's digest is said to be wrong", "push push-large", "7", ("HOST",),
          make=plainly(on("PUT upload", b.refuse(400, "DIGEST_INVALID", "provided digest did not match"))),
          skopeo="refuses, leaves the upload open"),
    Fault("busy-once-at-delete", "429 for the first DELETE of an upload", "push-large", "4", ("503",),
          make=plainly(several(once("DELETE upload", BUSY), on("PATCH upload", BROKEN))), skopeo="refuses, leaves the upload open"),
    Fault("broken-once-at-delete", "503 for the first DELETE of an upload", "push-large", "4", ("503",),
          make=plainly(several(once("DELETE upload", BROKEN), on("PATCH upload", BROKEN))), skopeo="refuses, leaves the upload open"),
    Fault("no-sessions-deleted", "DELETE of an upload is refused", "push-large", "4", ("503",),
          make=plainly(several(on("DELETE upload", b.refuse(405, "UNSUPPORTED", "no")),
                               on("PATCH upload", BROKEN))), leaves_upload=True, skopeo="refuses, leaves the upload open"),
    # --- manifests that are put
    Fault("manifest-lacks-blobs-once", "the registry once says that it lacks what it has just taken", "push", "0",
          make=plainly(once("PUT manifest", b.refuse(400, "MANIFEST_BLOB_UNKNOWN", "blob unknown to registry"))),
          log=exactly(2, '.method == "PUT" and .kind == "manifest"'), skopeo="refuses"),
    Fault("manifest-lacks-blobs", "the registry goes on saying so", "push", "4", ("HOST", "MANIFEST_BLOB_UNKNOWN"),
          make=plainly(on("PUT manifest", b.refuse(400, "MANIFEST_BLOB_UNKNOWN", "blob unknown to registry"))),
          log=exactly(3, '.method == "PUT" and .kind == "manifest"'), skopeo="refuses"),
    Fault("manifest-packed", "the manifest comes packed by gzip, without its digest", "pull recipients", "4",
          ("HOST", "in the encoding gzip, which was not asked for"),
          make=plainly(on("GET manifest", several(b.with_headers(Content_Encoding="gzip", Docker_Content_Digest=None), b.with_body(gzip.compress))))),
    Fault("manifest-refused", "400 for the manifest", "push", "4",
          ("HOST", "no such media type", "layers are uploaded, and of the type application/vnd.oci.image.layer.v1.tar"),
          make=plainly(on("PUT manifest", b.refuse(400, "MANIFEST_INVALID", "no such media type"))), skopeo="refuses"),
    Fault("manifest-type-refused", "415 for the manifest", "push", "4", ("HOST", "415", "does not allow this type"),
          make=plainly(on("PUT manifest", b.say(415))), skopeo="refuses"),
    Fault("manifest-too-large", "413 for the manifest", "push", "4", ("HOST", "413"), settings={"most_manifest": 100},
          skopeo="refuses"),
    Fault("manifest-renamed", "the registry says that it stored another digest", "push", "4", ("HOST",),
          make=plainly(on("PUT manifest", b.say(201, b"", {"Docker-Content-Digest": "sha256:" + 64 * "0"}))),
          skopeo="goes on"),
    Fault("tag-moves", "the tag moves as soon as the image has been read", "recipients", "1", ("HOST",),
          make=lambda r, _: once("GET manifest", b.move_tag_after(r)), skopeo="overwrites it"),
    Fault("tag-moves-late", "the tag moves after the last look whether it has", "recipients", "1", ("HOST",),
          make=lambda r, _: on("HEAD manifest", b.move_tag_after(r), first=2, times=1), skopeo="overwrites it"),
    Fault("tag-moves-at-once", "the tag moves as soon as it has been put", "recipients", "1", ("HOST", "at the same time"),
          make=lambda r, _: once("PUT manifest", b.move_tag_after(r)), skopeo="does not see it"),
    Fault("tags-in-pages", "tags come in pages of one", "tags", "0",
          make=plainly(on("GET tags", lambda request, proceed: proceed(_with_page_size(request))))),
    Fault("tags-not-json", "the list of tags is no JSON", "tags", "4", ("HOST", "something else than a list of tags"),
          make=plainly(on("GET tags", b.with_body(lambda text: text[:-3])))),
    Fault("tags-of-numbers", "the tags are numbers", "tags", "4", ("HOST", "something else than a list of tags"),
          make=plainly(on("GET tags", b.with_body(lambda text: b'{"tags": [1, 2]}')))),
    Fault("tags-empty", "a tag is empty", "tags", "4", ("HOST", 'a list of tags: "" is not a tag'),
          make=plainly(on("GET tags", b.with_body(lambda text: b'{"tags": ["a", ""]}')))),
    Fault("tags-endless", "each page of tags names the same next one", "tags", "4", ("HOST", "go round in a circle"),
          make=plainly(on("GET tags", b.with_headers(Link='</v2/app/tags/list?n=1&last=a>; rel="next"'))),
          log='[.[] | select(.kind == "tags")] | length == 2'),
    Fault("tags-elsewhere", "the next page of tags is at another host", "tags", "4", ("HOST", "would be at elsewhere.test"),
          make=plainly(on("GET tags", b.with_headers(Link='<http://elsewhere.test/v2/app/tags/list?last=a>; rel="next"')))),
    Fault("no-referrers", "404 for referrers", "pull push recipients", "0", settings={"referrers": False},
          skopeo="does it"),
    # --- for tests of their own
    Fault("greeting-lost", "the connection breaks at the first question", "", "", make=plainly(on("* base", b.lose_answer))),
    Fault("no-deletes", "manifests are not deleted", "", "",
          make=plainly(on("DELETE manifest", b.refuse(405, "UNSUPPORTED", "the operation is unsupported")))),
    Fault("referrers-refused", "403 for referrers", "", "",
          make=plainly(on("GET referrers", b.refuse(403, "DENIED", "requested access to the resource is denied")))),
    Fault("referrers-endless", "each page of referrers names the same next one", "", "",
          make=plainly(on("GET referrers", b.with_headers(Link='</v2/app/referrers/x?last=a>; rel="next"')))),
    Fault("index-overwritten", "an index of referrers is overwritten at once", "", "", make=lambda r, _: b.overwrite_index(r)),
    Fault("referrers-not-json", "the list of referrers is no JSON", "", "",
          make=plainly(on("GET referrers", b.with_body(lambda _: b"x")))),
    Fault("referrers-lost", "a referrer is listed that is not there", "", "",
          make=plainly(on("GET referrers", b.with_body(lambda _: json.dumps({"schemaVersion": 2, "manifests": [
              {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "sha256:" + 64 * "0", "size": 5}]}).encode())))),
    Fault("referrers-together", "referrers are answered when N requests about them wait", "", "", make=b.together(_is_about_referrers)),
    Fault("freeze-before", "the n-th request is neither obeyed nor answered", "", "", make=b.freeze(is_done=False)),
    Fault("freeze-after", "the n-th request is obeyed and never answered", "", "", make=b.freeze(is_done=True)),
]


def _with_page_size(request):
    if "n=" not in request.target:
        request.target += ("&" if "?" in request.target else "?") + "n=1"
    return request


def find(text):
    """The row of NAME[=ARGUMENT], and the argument"""
    name, _, argument = text.partition("=")
    for fault in FAULTS:
        if fault.name == name:
            return fault, argument or fault.argument
    raise SystemExit(f"registry.py: unknown fault {name}")


def print_table():
    """For shell scripts: a line for each run, in fields that tabs separate."""
    for fault in FAULTS:
        for run in fault.runs.split():
            needs = " ".join(word for word, is_meant in (
                ("tls", fault.tls), ("login", fault.settings.get("auth")), ("leaves-upload", fault.leaves_upload)) if is_meant)
            print(fault.name, run, fault.exits, "|".join(fault.words) or "-", needs or "-", fault.log, sep="\t")
