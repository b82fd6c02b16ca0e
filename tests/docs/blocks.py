#!/usr/bin/env python3
"""blocks.py DOCUMENT SCRATCH: writes each fenced code block of a Markdown document to a file of its own.

Prints one line for each block: its number, its language ("sh" if it names none) and the line it begins at. The file is
SCRATCH/NUMBER. Fails if a block does not end.
"""
import os
import re
import sys

document, scratch = sys.argv[1:]
block, language, begin, number = None, "", 0, 0
with open(document, encoding="utf-8") as file:
    for line_number, line in enumerate(file, 1):
        fence = re.fullmatch(r"```(\w*)\n", line)
        if not fence:
            if block is not None:
                block.append(line)
        elif block is None:
            block, language, begin = [], fence[1] or "sh", line_number + 1
        else:
            number += 1
            with open(os.path.join(scratch, str(number)), "w", encoding="utf-8") as out:
                out.writelines(block)
            print(number, language, begin)
            block = None
if block is not None:
    sys.exit(f"{document}: the block at line {begin} does not end")
