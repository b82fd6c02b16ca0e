#!/usr/bin/env python3
"""Lists the files of the project: what git tracks or would track. Without git (a release archive): all except build/.

As a program, project_files.py [SUFFIX...] prints them relative to the root, each followed by a NUL byte."""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def project_files(*suffixes):
    names = _from_git() if (ROOT / ".git").exists() else _from_folders()
    files = sorted(pathlib.PurePosixPath(name) for name in names)
    return [f for f in files if (not suffixes or f.suffix in suffixes) and (ROOT / f).is_file()]


def _from_git():
    # safe.directory: in a container the checkout often belongs to another user.
    command = ["git", "-c", "safe.directory=*", "-C", str(ROOT), "ls-files", "-z"]
    command += ["--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    return set(filter(None, listing.decode().split("\0")))


def _from_folders():
    below_root = (path.relative_to(ROOT) for path in ROOT.rglob("*"))
    return {str(path) for path in below_root if path.parts[0] != "build" and "__pycache__" not in path.parts}


if __name__ == "__main__":
    for file in project_files(*sys.argv[1:]):
        sys.stdout.write(f"{file}\0")
