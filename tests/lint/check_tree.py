#!/usr/bin/env python3
"""Checks the files of the tree against the project's rules: size, line ends, names, #pragma once, every source built."""
import pathlib
import re
import sys

from project_files import ROOT, project_files

LARGEST = 1 << 20
BYTES_OF_OTHERS = ("tests/vectors/", "tests/fuzz/corpus/", "tests/fuzz/regressions/")
GUIDES = {".cpp": 200, ".hpp": 100}


def faults_of_bytes(data):
    if len(data) > LARGEST:
        yield 1, f"larger than {LARGEST} bytes"
    if b"\0" in data:
        return
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.endswith(b"\r"):
            yield number, "carriage return at the end of the line"
        elif line[-1:] in (b" ", b"\t"):
            yield number, "white space at the end of the line"
    if data and not data.endswith(b"\n"):
        yield data.count(b"\n") + 1, "no newline at the end of the file"


def faults_of_header(text):
    code = re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.DOTALL).lstrip()
    if not code.startswith("#pragma once\n"):
        yield 1, "#pragma once must be the first thing after the opening comment"


def is_built(source, build_files):
    """True when a CMakeLists.txt of its folder, or of one above, names the file."""
    for folder in source.parents:
        name = re.escape(str(source.relative_to(folder)))
        if re.search(rf"(?<![\w/.-]){name}(?![\w/-])", build_files.get(folder, "")):
            return True
    return False


def faults_of_file(file, build_files):
    data = (ROOT / file).read_bytes()
    if not str(file).startswith(BYTES_OF_OTHERS):
        yield from faults_of_bytes(data)
    elif len(data) > LARGEST:
        yield 1, f"larger than {LARGEST} bytes"
    if file.suffix in (".c", ".cc", ".cxx", ".h", ".hh", ".hxx"):
        yield 1, "C++ files are named .cpp and .hpp"
    if file.suffix == ".hpp":
        yield from faults_of_header(data.decode())
    if file.suffix == ".cpp" and not is_built(file, build_files):
        yield 1, "no CMakeLists.txt names this file"


def warn_of_length(file):
    length = (ROOT / file).read_text().count("\n")
    if length > GUIDES[file.suffix]:
        print(f"{file}: warning: {length} lines, the guide is {GUIDES[file.suffix]}")


def check_tree():
    failed = False
    files = project_files()
    build_files = {f.parent: (ROOT / f).read_text() for f in files if f.name == "CMakeLists.txt"}
    for file in files:
        if (ROOT / file).is_symlink():
            continue
        for number, fault in faults_of_file(file, build_files):
            print(f"{file}:{number}: {fault}")
            failed = True
        if file.suffix in GUIDES:
            warn_of_length(file)
    print(f"check_tree: {len(files)} files read")
    return failed or not files


if __name__ == "__main__":
    sys.exit(1 if check_tree() else 0)
