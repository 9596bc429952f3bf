#!/usr/bin/env python3
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
"""Writes files.c, which embeds rules/*.yaml and rules/samples/*/* of this repository: make_index.py

`make starters` runs it after a file came or went; the compiler notices by itself when one has changed."""
import pathlib

here = pathlib.Path(__file__).resolve().parent
root = here.parent.parent
paths = sorted(str(path.relative_to(root)) for path in [*root.glob("rules/*.yaml"), *root.glob("rules/samples/*/*")])
lines = ["// Hookline: webhooks in, WhatsApp out.", "// SPDX-License-Identifier: Apache-2.0", "",
         "// Made by make_index.py (`make starters`): the rule files and samples that `hookline init` writes.",
         '#include "cstarters.h"', "", '#pragma clang diagnostic ignored "-Wc23-extensions"', ""]
for number, path in enumerate(paths):
    lines += [f"static const uint8_t file{number}[] = {{", f'#embed "../../{path}"', "};"]
lines += ["", "static const cstarters_file files[] = {"]
lines += [f'    {{"{path}", file{number}, sizeof file{number}}},' for number, path in enumerate(paths)]
lines += ["};", "", "const cstarters_file *cstarters_list(void) { return files; }", "",
          "size_t cstarters_count(void) { return sizeof files / sizeof *files; }", ""]
(here / "files.c").write_text("\n".join(lines))
