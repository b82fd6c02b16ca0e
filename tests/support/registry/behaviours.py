"""What faults are made of: functions behave(request, proceed), where proceed(request) is what the registry does otherwise."""
import re
import threading
import time
import urllib.parse

from messages import Reset, Response, failure

MIB = 1 << 20


def on(what, behave, first=1, times=None):
    """`behave` for requests such as "GET blob" or "* upload", from the `first` one on, `times` times."""
    method, _, kind = what.partition(" ")
    count, lock = 0, threading.Lock()

    def answer(request, proceed):
        nonlocal count
        if request.port in ("tokens",) and kind != "token":
            return proceed(request)
        if method not in ("*", request.method) or kind not in ("*", request.kind):
            return proceed(request)
        with lock:
            count += 1
            is_meant = first <= count and (times is None or count < first + times)
        return behave(request, proceed) if is_meant else proceed(request)

    return answer


def once(what, behave):
    return on(what, behave, times=1)


def several(*behaviours):
    """Each is asked before the ones to its left."""

    def answer(request, proceed):
        for behave in behaviours:
            proceed = lambda request, behave=behave, inner=proceed: behave(request, inner)
        return proceed(request)

    return answer


def together(is_meant):
    """Requests that `is_meant` chooses are answered when as many wait as the argument says, else refused."""

    def make(registry, count):
        barrier = threading.Barrier(int(count))

        def answer(request, proceed):
            if is_meant(request):
                try:
                    barrier.wait(timeout=20)
                except threading.BrokenBarrierError:
                    return failure(403, "DENIED", "nobody else asks")
            return proceed(request)

        return answer

    return make


# --- other answers
def refuse(status, code, message, headers=None):
    return lambda request, proceed: failure(status, code, message, headers)


def say(status, text=b"", headers=None):
    return lambda request, proceed: Response(status, dict(headers or {}), text)


def repeat_credentials(status):
    """An error that holds the credentials of the request."""

    def answer(request, proceed):
        sent = request.headers.get("Authorization", "")
        return failure(status, "DENIED", f"{sent} may not do that", detail={"sent": sent.split(" ")[-1]})

    return answer


def with_headers(**changes):
    """Docker_Content_Digest=None leaves the header out; a function gets the old value."""

    def answer(request, proceed):
        response = proceed(request)
        for name, value in changes.items():
            name = name.replace("_", "-")
            value = value(response.headers.get(name)) if callable(value) else value
            response.headers.pop(name, None)
            if value is not None:
                response.headers[name] = value
        return response

    return answer


def with_body(change):
    """`change` gets and returns all of the body, or the piece of it that was asked for."""

    def answer(request, proceed):
        response = proceed(request)
        response.body = change(b"".join(response.chunks()))
        return response

    return answer


def flip_a_bit(content):
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


# --- other ways of sending
def sent(send):
    def answer(request, proceed):
        response = proceed(request)
        response.send = send
        return response

    return answer


def cut_after(size, is_reset=True):
    """The connection ends after so many bytes of the body: broken, or as if all had been sent."""

    def send(write, head, chunks):
        write(head)
        left = size
        for chunk in chunks:
            piece = chunk[:left]
            left -= len(piece)
            write(piece)
            if left == 0:
                break
        if is_reset:
            time.sleep(0.1)  # else RST overtakes what is still in the client's buffer
            raise Reset()

    return send


def drip(write, head, chunks):
    """A byte from time to time."""
    for byte in head:
        write(bytes([byte]))
    for chunk in chunks:
        for byte in chunk:
            time.sleep(0.3)
            write(bytes([byte]))


def silence(write, head, chunks):
    time.sleep(600)


def stall(request, proceed):
    """The body is not read, and there is no answer."""
    time.sleep(600)
    raise Reset()


def endless(write, head, chunks):
    """The body and then zeros, without a length."""
    lines = [line for line in head.split(b"\r\n") if line and not line.lower().startswith(b"content-length:")]
    write(b"\r\n".join(lines + [b"Transfer-Encoding: chunked", b"", b""]))
    for chunk in chunks:
        write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
    zeros = b"10000\r\n" + bytes(0x10000) + b"\r\n"
    while True:
        write(zeros)


def longer(write, head, chunks):
    """More than its Content-Length says is sent, and the length is not the right one either."""
    content = b"".join(chunks)
    write(head.replace(b"Content-Length: %d" % len(content), b"Content-Length: %d" % (len(content) + 100)))
    write(content + bytes(200))


def endless_headers(write, head, chunks):
    write(head[:-2])
    while True:
        write(b"X-Filler: " + b"a" * 8000 + b"\r\n")


def giant_header(write, head, chunks):
    write(head[:-2] + b"X-Filler: ")
    for _ in range(64):
        write(b"a" * MIB)
    write(b"\r\n\r\n")
    for chunk in chunks:
        write(chunk)


# --- requests that break off
def reset_up(size):
    """The connection breaks after so many bytes of the request's body."""

    def answer(request, proceed):
        request.body.cut_after = size
        return proceed(request)

    return answer


def lose_answer(request, proceed):
    """What was asked for is done, and nobody is told."""
    proceed(request)
    raise Reset()


def cut_upload(registry, argument):
    """Each upload loses its connection once at each multiple of `argument`, in bytes."""
    step = int(argument)
    cuts = set()

    def answer(request, proceed):
        upload = registry.store.uploads.get(request.name)
        if upload is None or request.method not in ("PATCH", "PUT"):
            return proceed(request)
        place = (upload.size // step + 1) * step
        while (request.name, place) in cuts:
            place += step
        request.body.cut_after = place - upload.size
        try:
            return proceed(request)
        except Reset:
            cuts.add((request.name, place))
            raise

    return answer


# --- uploads that are not as the client thinks
def forget_bytes(registry, size):
    """Of a chunk that was accepted the last bytes are lost, as the answer says."""
    return _truncating(registry, lambda before, after: after - size)


def keep_bytes(registry, size):
    """Of a chunk that was accepted only the first bytes are kept, as the answer says."""
    return _truncating(registry, lambda before, after: before + size)


def _truncating(registry, choose):
    def answer(request, proceed):
        upload = registry.store.uploads.get(request.name)
        before = upload.size if upload else 0
        response = proceed(request)
        if response.status == 202 and upload:
            upload.size = max(0, min(choose(before, upload.size), upload.size))
            with open(upload.path, "r+b") as file:
                file.truncate(upload.size)
            response.headers["Range"] = f"0-{max(upload.size - 1, 0)}"
            response.headers["Location"] = re.sub(r"state=\d+", f"state={upload.size}", response.headers["Location"])
        return response

    return answer


def claim_bytes(registry, size):
    """The answer says that more was received than was sent."""

    def answer(request, proceed):
        response = proceed(request)
        upload = registry.store.uploads.get(request.name)
        if upload and "Range" in response.headers:
            response.headers["Range"] = f"0-{upload.size + size - 1}"
        return response

    return answer


def vanish(registry):
    """The upload is gone when it is asked for."""

    def answer(request, proceed):
        if request.name in registry.store.uploads:
            registry.store.drop_upload(request.name)
        return proceed(request)

    return answer


def forget_tokens(registry):
    """All tokens have expired."""

    def answer(request, proceed):
        with registry.access.lock:
            registry.access.tokens.clear()
        return proceed(request)

    return answer


# --- other places
def redirect(registry, listener, status=307):
    """The same path on another listener. That one answers what is asked of it."""

    def answer(request, proceed):
        if request.port == listener:
            return proceed(request)
        return Response(status, {"Location": registry.origins[listener] + request.target})

    return answer


def redirects(count):
    """So many in a row, on the same host."""

    def answer(request, proceed):
        hop = int(request.query.get("hop", 0))
        if hop >= count:
            return proceed(request)
        return Response(307, {"Location": f"{request.path}?{urllib.parse.urlencode({'hop': hop + 1})}"})

    return answer


def move_tag_after(registry):
    """When the answer is on its way, t is what `moved` is."""

    def answer(request, proceed):
        response = proceed(request)
        registry.move_tag(request.repository, "moved", request.name)
        return response

    return answer


# --- for tests that kill their client
def overwrite_index(registry):
    """The first index of referrers is put, and then what somebody else put at the same time: one without it."""
    is_done = False

    def answer(request, proceed):
        nonlocal is_done
        response = proceed(request)
        is_index = request.method == "PUT" and re.fullmatch("sha256-[0-9a-f]{64}", request.name)
        if is_index and not is_done:
            is_done = True
            del registry.store.repository(request.repository).tags[request.name]
        return response

    return answer


def freeze(is_done):
    """The n-th request is never answered; `is_done`: although what it asks for is done."""

    def make(registry, argument):
        def answer(request, proceed):
            if request.port != "main" or request.number != int(argument):
                return proceed(request)
            if is_done:
                proceed(request)
            request.notes["frozen"] = True
            registry.log_now(request)
            time.sleep(600)
            raise Reset()

        return answer

    return make
