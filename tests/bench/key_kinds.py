"""Private keys of every kind that imgcrypt uses, each where it is kept: in files, a token, a TPM, a keyring, behind a service."""
import contextlib
import json
import os
import pathlib
import subprocess
import time
from dataclasses import dataclass


@dataclass
class KeyKind:
    name: str
    recipient: str
    key: str


def call(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"bench: error: {' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


def in_files(imgcrypt):
    for name, kind in (("file, RSA 2048", "jwe-rsa"), ("file, P-256", "jwe-ec"), ("age", "age"), ("sodium", "sodium")):
        file = kind + ".key"
        recipient = call(imgcrypt, "key", "generate", kind, file).splitlines()[0]
        yield KeyKind(name, recipient, {"age": "age:", "sodium": "provider:sodium:"}.get(kind, "") + file)


def in_token(imgcrypt):
    """SoftHSM's, which is a library: no device is waited for."""
    module = next(pathlib.Path("/usr/lib").rglob("libsofthsm2.so"))
    pathlib.Path("tokens").mkdir()
    pathlib.Path("softhsm2.conf").write_text(f"directories.tokendir = {os.getcwd()}/tokens\n")
    pathlib.Path("pin").write_text("1234")
    pathlib.Path("pin").chmod(0o600)
    os.environ["SOFTHSM2_CONF"] = f"{os.getcwd()}/softhsm2.conf"
    os.environ["OCICRYPT_CONFIG"] = "internal"
    call("softhsm2-util", "--init-token", "--free", "--label", "bench", "--pin", "1234", "--so-pin", "123456")
    for name, kind, use in (("RSA 2048", "rsa:2048", "--usage-decrypt"), ("P-256", "EC:prime256v1", "--usage-derive")):
        label = kind.partition(":")[0]
        call("pkcs11-tool", "--module", str(module), "--token-label", "bench", "--login", "--pin", "1234", "--keypairgen",
             "--key-type", kind, "--label", label, "--id", "01" if label == "rsa" else "02", use)
        key = f"pkcs11:token=bench;object={label}?module-path={module}:file=pin"
        yield KeyKind(f"token, {name}", public_half(imgcrypt, key, f"token-{label}.pub"), key)


def in_tpm(imgcrypt):
    """swtpm's, which computes faster than most chips."""
    for name, options in (("RSA 2048", ["--rsa"]), ("P-256", [])):
        file = f"tpm{len(options)}"
        yield KeyKind(f"TPM, {name}", call(imgcrypt, "key", "generate", "tpm2", *options, file).splitlines()[0], f"tpm2:{file}")


def in_keyring():
    call("gpg", "--batch", "--passphrase", "", "--quick-gen-key", "bench@example.org", "rsa2048", "cert", "never")
    fingerprint = next(line.split(":")[9] for line in call("gpg", "--batch", "--with-colons", "-k").splitlines()
                       if line.startswith("fpr"))
    call("gpg", "--batch", "--passphrase", "", "--quick-add-key", fingerprint, "rsa2048", "encr", "never")
    call("gpg", "--batch", "--pinentry-mode", "loopback", "--passphrase", "", "-o", "pgp.sec", "--export-secret-keys", fingerprint)
    pathlib.Path("pgp.sec").chmod(0o600)
    yield KeyKind("OpenPGP, your agent", "pgp:bench@example.org", "pgp:")
    yield KeyKind("OpenPGP, a file", "pgp:bench@example.org", "pgp.sec")


def behind_service():
    pathlib.Path("providers.json").write_text(json.dumps({"key-providers": {"bench": {"grpc": f"unix:{os.getcwd()}/service"}}}))
    os.environ["OCICRYPT_KEYPROVIDER_CONFIG"] = f"{os.getcwd()}/providers.json"
    yield KeyKind("service over gRPC", f"provider:bench:{os.getcwd()}/sodium.key.pub", "provider:bench")


def public_half(imgcrypt, key, file):
    pathlib.Path(file).write_text(call(imgcrypt, "key", "public", key))
    return f"jwe:{file}"


@contextlib.contextmanager
def running(command, socket):
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as process:
        try:
            while not os.path.exists(socket):
                if process.poll() is not None:
                    raise SystemExit(f"bench: error: {command[0]} does not start")
                time.sleep(0.01)
            yield
        finally:
            process.terminate()


@contextlib.contextmanager
def all_kinds(imgcrypt, programs):
    """In the current directory, and in the environment."""
    here = os.getcwd()
    before = dict(os.environ)
    os.mkdir("gnupg", 0o700)
    os.mkdir("tpm")
    os.environ["GNUPGHOME"] = f"{here}/gnupg"
    os.environ["TPM2TOOLS_TCTI"] = f"swtpm:path={here}/tpm.socket"
    try:
        with contextlib.ExitStack() as stack:
            stack.callback(subprocess.run, ["gpgconf", "--kill", "all"], check=False)
            stack.enter_context(running(
                ["swtpm", "socket", "--tpm2", "--tpmstate", "dir=tpm", "--server", "type=unixio,path=tpm.socket",
                 "--ctrl", "type=unixio,path=tpm.socket.ctrl", "--flags", "startup-clear,not-need-init"], "tpm.socket"))
            kinds = [*in_files(imgcrypt), *in_token(imgcrypt), *in_tpm(imgcrypt), *in_keyring()]
            stack.enter_context(running([f"{programs}/keyprovider-grpc", "--listen", f"unix:{here}/service", "--",
                                         f"{programs}/keyprovider-sodium", "--name", "bench", "--key", f"{here}/sodium.key"],
                                        "service"))
            yield [*kinds, *behind_service()]
    finally:
        os.environ.clear()
        os.environ.update(before)
