#!/usr/bin/env python3
"""commands.py DOCUMENT: prints each command of imgcrypt in the second column of the tables, after the number of its line.

Of a pipeline it is the part that begins with imgcrypt; an option alone is one of imgcrypt copy. Fails for a row without a
second column, and for code that is neither.
"""
import re
import sys

COPY = "imgcrypt copy oci:app:1 oci:copy:1"


def commands(code, place):
    if code.startswith("-"):
        return [f"{COPY} {code}"]
    found = [part for part in (part.strip() for part in code.split("|")) if part.startswith("imgcrypt ")]
    if not found:
        sys.exit(f"{place}: `{code}` is not a command of imgcrypt")
    return found


document = sys.argv[1]
with open(document, encoding="utf-8") as file:
    for number, line in enumerate(file, 1):
        if not line.startswith("|"):
            continue
        columns = [column.strip() for column in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(columns) != 3:
            sys.exit(f"{document}:{number}: {len(columns)} columns")
        for code in re.findall(r"`([^`]*)`", columns[1].replace("\\|", "|")):
            for command in commands(code, f"{document}:{number}"):
                print(number, command)
