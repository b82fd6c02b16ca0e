"""Private docker-registries on loopback, with their content in memory or on a disk, for measuring pulls and pushes."""
import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import time

CONFIG = """version: 0.1
log: {{level: info, accesslog: {{disabled: true}}}}
storage: {{filesystem: {{rootdirectory: {storage}}}}}
http: {{addr: "127.0.0.1:0"}}
"""


class Registry:
    """One of them: `host` is its HOST:PORT."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory).absolute()
        self.directory.mkdir()
        config, log = self.directory / "config.yml", self.directory / "log"
        config.write_text(CONFIG.format(storage=self.directory / "storage"))
        with log.open("w") as output:
            self.process = subprocess.Popen(["docker-registry", "serve", str(config)], stdin=subprocess.DEVNULL,
                                            stdout=output, stderr=subprocess.STDOUT)
        # It picks the port itself, so that nobody can take it in between.
        while not (said := re.search(r"listening on (127\.0\.0\.1:\d+)", log.read_text())):
            if self.process.poll() is not None:
                raise SystemExit(f"bench: error: docker-registry does not start: {log.read_text()}")
            time.sleep(0.01)
        self.host = said[1]

    def clear(self):
        """Forgets all images: nothing is cached."""
        shutil.rmtree(self.directory / "storage", ignore_errors=True)
        os.sync()

    def stop(self):
        self.process.terminate()
        self.process.wait()


@contextlib.contextmanager
def two():
    """A registry to read from and one to write to, in the current directory."""
    with contextlib.ExitStack() as stack:
        registries = []
        for name in ("from", "to"):
            registries.append(Registry(name))
            stack.callback(registries[-1].stop)
        yield registries
