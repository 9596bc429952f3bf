#!/usr/bin/env python3
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
"""Holds the house in order; part of `make format-check`.

Says which functions of Sources have more than 40 lines (`func`, `init` or `subscript` with its braces), and which arrow
between two targets of Package.swift is not defended in the comment above the target, or not drawn in the table of
docs/architecture.md; and whether the program says another version than the newest of CHANGELOG.md. `--self-test` proves that it finds these.
"""

import pathlib
import re
import sys

MOST = 40
BEGINNING = re.compile(r"^[ \t]*(?:@\w+(?:\([^)\n]*\))?[ \t]+)*(?:[a-z]+(?:\(set\))?[ \t]+)*(?:func\b|init\b[?!]?[(<]|subscript\b)")
# A raw text, a text of several lines, a text, or a comment: nothing in them is code.
NO_CODE = re.compile(r'(#+)"(?:""(?:.|\n)*?"""|[^\n]*?")\1|"""(?:.|\n)*?"""|"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*(?:.|\n)*?\*/')


def blank(match):
    return re.sub(r"[^\n]", " ", match.group())


def long_functions(text):
    """Yields the line and the length of every function that is too long."""
    code = NO_CODE.sub(blank, text)
    lines = code.split("\n")
    offsets = [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line) + 1)
    for number, line in enumerate(lines):
        match = BEGINNING.match(line)
        if not match:
            continue
        end = end_of_function(code, offsets[number] + match.end())
        if end is None:
            continue
        length = code.count("\n", offsets[number], end) + 1
        if length > MOST:
            yield number + 1, length


def end_of_function(code, start):
    """The position of the brace that closes the function, or nothing for a requirement of a protocol."""
    depth, brackets = 0, 1 if code[start - 1] in "(<" and code[start - 1] == "(" else 0
    for position in range(start, len(code)):
        character = code[position]
        if character in "([":
            brackets += 1
        elif character in ")]":
            brackets -= 1
        elif character == "{" and (brackets <= 0 or depth):
            depth += 1
        elif character == "}" and (brackets <= 0 or depth):
            depth -= 1
            if depth == 0:
                return position
            if depth < 0:
                return None
        elif character == "\n" and depth == 0 and brackets <= 0:
            rest = code[position:].lstrip()
            if not re.match(r"(\{|where\b|->|async\b|throws\b|rethrows\b|\))", rest):
                return None
    return None


BEGINNING_OF_TARGET = re.compile(r"((?:^[ \t]*//[^\n]*\n)*)^[ \t]*\.(executableTarget|target|systemLibrary)\(", re.M)
C_TARGETS = {"CCurl", "CJSON", "CPhoneNumber", "CWriteAhead"}
ROW = re.compile(r"^\| `(\w+)` \|[^|]*\|([^|]*)\|", re.M)


def arrows(manifest):
    """Yields each target of the product with its comment and its dependencies among ours."""
    manifest = manifest.split("// MARK: Tests")[0]
    beginnings = list(BEGINNING_OF_TARGET.finditer(manifest))
    ends = [match.start() for match in beginnings[1:]] + [len(manifest)]
    for match, end in zip(beginnings, ends):
        text = manifest[match.end() : end]
        name = re.search(r'name: "(\w+)"', text)[1]
        dependencies = re.search(r"dependencies: \[(.*?)\]", text, re.S)
        ours = re.findall(r'"(\w+)"', dependencies[1]) if dependencies else []
        if match[2] != "systemLibrary" and name not in C_TARGETS:
            yield name, match[1], [target for target in ours if target not in C_TARGETS]


def undefended(manifest, page):
    """Yields a sentence for each arrow without a reason, and for each row of the page that is not as the manifest has it."""
    rows = {name: sorted(re.findall(r"`(\w+)`", cell)) for name, cell in ROW.findall(page)}
    for name, comment, ours in arrows(manifest):
        for target in ours:
            if not re.search(rf"\b{target}\b", comment):
                yield f"Package.swift: nothing above '{name}' says why it needs {target}"
        if sorted(ours) != rows.get(name):
            yield f"docs/architecture.md: the row of '{name}' has {rows.get(name)}; expected {sorted(ours)}"


def wrong_version(changelog, source):
    """Yields a sentence where the newest released version of the changelog is not the one that the program says."""
    released = re.search(r"^## (\d+\.\d+\.\d+) - \d{4}-\d{2}-\d{2}$", changelog, re.M)
    said = re.search(r'static let number = "([^"]*)"', source)
    newest, number = released and released[1], said and said[1]
    if newest is None or newest != number:
        yield f"CHANGELOG.md: the newest version is {newest}; ProgramVersion says {number}"


def self_test():
    body = "".join(f"        step({number}) // }}\n" for number in range(MOST))
    text = f"struct A {{\n    func b(\n        c: Int = {{ 1 }}()\n    ) {{\n{body}    }}\n}}\n"
    manifest = """
        .target(name: "A", dependencies: ["CJSON"]),
        // A for its values.
        .target(
            name: "B",
            dependencies: ["A", nio]
        ),
        .executableTarget(name: "C", dependencies: ["A", "B"]),
        // MARK: Tests
    """
    page = "| `A` | values | | |\n| `B` | more | `A` | NIO |\n| `C` | all | `A` | |\n"
    log, source = "## Unreleased\n\n## 1.2.0 - 2026-01-31\n\n## 1.1.0 - 2025-12-31\n", '    static let number = "{}"\n'
    found = [
        list(long_functions(text)), list(undefended(manifest, page)),
        [sentence for number in ["1.2.0", "1.1.0"] for sentence in wrong_version(log, source.format(number))],
    ]
    expected = [
        [(2, MOST + 4)],
        [
            "Package.swift: nothing above 'C' says why it needs A", "Package.swift: nothing above 'C' says why it needs B",
            "docs/architecture.md: the row of 'C' has ['A']; expected ['A', 'B']",
        ],
        ["CHANGELOG.md: the newest version is 1.2.0; ProgramVersion says 1.1.0"],
    ]
    sys.exit(0 if found == expected else f"found {found}")


def main():
    if "--self-test" in sys.argv:
        self_test()
    root = pathlib.Path(__file__).resolve().parent.parent
    found = [
        f"{path.relative_to(root)}:{line}: a function of {length} lines; expected at most {MOST}"
        for path in sorted((root / "Sources").rglob("*.swift"))
        for line, length in long_functions(path.read_text())
    ]
    found += undefended((root / "Package.swift").read_text(), (root / "docs/architecture.md").read_text())
    version = root / "Sources/ServiceConfiguration/Settings.swift"
    found += wrong_version((root / "CHANGELOG.md").read_text(), version.read_text())
    sys.exit("\n".join(found) if found else 0)


main()
