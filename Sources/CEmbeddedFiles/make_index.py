#!/usr/bin/env python3
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
"""Writes files.c, which embeds the files of this repository that the program has in itself: make_index.py

`make embedded` runs it after a file came or went; the compiler notices by itself when one has changed. SwiftPM's own
`.embedInCode` makes an array literal of each, which takes the compiler a second for every 15 kB; C's #embed takes none."""
import pathlib

PATTERNS = [
    "rules/*.yaml", "rules/samples/*/*",  # hookline init
    "Sources/Console/Assets/*", "Sources/Console/Templates/*.mustache",
    "Sources/Liquid/Resources/entities.txt",
    "Sources/RuleDrafts/Resources/*.json",
    "Sources/Sandbox/Resources/*.json", "Sources/Sandbox/Resources/*.html",
]

here = pathlib.Path(__file__).resolve().parent
root = here.parent.parent
paths = sorted((str(path.relative_to(root)) for pattern in PATTERNS for path in root.glob(pattern)), key=str.encode)
lines = ["// Hookline: webhooks in, WhatsApp out.", "// SPDX-License-Identifier: Apache-2.0", "",
         "// Made by make_index.py (`make embedded`): the files of this repository that the program has in itself.",
         '#include "cembeddedfiles.h"', "", '#pragma clang diagnostic ignored "-Wc23-extensions"', ""]
for number, path in enumerate(paths):
    lines += [f"static const uint8_t file{number}[] = {{", f'#embed "../../{path}"', "};"]
lines += ["", "static const cembeddedfiles_file files[] = {"]
lines += [f'    {{"{path}", file{number}, sizeof file{number}}},' for number, path in enumerate(paths)]
lines += ["};", "", "const cembeddedfiles_file *cembeddedfiles_list(void) { return files; }", "",
          "size_t cembeddedfiles_count(void) { return sizeof files / sizeof *files; }", ""]
(here / "files.c").write_text("\n".join(lines))
