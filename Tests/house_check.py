#!/usr/bin/env python3
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
"""Holds the house in order; part of `make format-check`.

Says which functions of Sources have more than 40 lines (`func`, `init` or `subscript` with its braces), and which arrow
between two targets of Package.swift is not defended in the comment above the target, or not drawn in the table of
docs/architecture.md; whether the program says another version than the newest of CHANGELOG.md; whether docs/schema.md and
CHANGELOG.md say another schema than the last migration; and which decision of docs/decisions.md no test names.
`--self-test` proves that it finds these, `--decisions` prints which tests name which decision.
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
C_TARGETS = {"CCurl", "CJSON", "CLibcrypto", "CLibssl", "CPhoneNumber", "CPostgres", "CWriteAhead"}
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


def wrong_schema(schema, page, changelog):
    """Yields a sentence for each place that says another schema than the number of the last migration."""
    last = max(int(number) for number in re.findall(r'registerMigration\("(\d+)"\)', schema))
    places = [
        ("docs/schema.md", re.search(r"after number (\d+)", page)),
        ("CHANGELOG.md", re.search(r"schema is number (\d+)", changelog)),
    ]
    for place, said in places:
        if said is None or int(said[1]) != last:
            yield f"{place}: the schema is said to be {said and said[1]}; the last migration is {last}"


NUMBERS = r"(\d+(?:(?:, | and )\d+)*)"
# What a test says of itself, or a comment.
WORDS = re.compile(r'(?:@Test\(\s*|@Suite\(\s*|description: |^ +"")"((?:\\.|[^"\\\n])+)"|(//[^\n]*)', re.M)
IN_NAME = re.compile(rf"^{NUMBERS}: |\({NUMBERS}\)$")
IN_COMMENT = re.compile(rf"\b(?:[Dd]ecision|[Nn]umber)s? {NUMBERS}")
DECISION = re.compile(r"^\| (\d+) \| (.*) \|$", re.M)
NOT_YET = "(no test yet)"


def named_decisions(tests):
    """The places of tests by the number of the decision that they name: `12: …`, `… (12)`, or `/// Number 12: …`."""
    found = {}
    for path, text in tests:
        for match in WORDS.finditer(text):
            name, comment = match.groups()
            for numbers in (IN_NAME if comment is None else IN_COMMENT).finditer(comment if name is None else name):
                place = f"{path}:{text.count(chr(10), 0, match.start()) + 1}"
                for number in re.findall(r"\d+", numbers[0]):
                    found.setdefault(int(number), []).append(place)
    return found


def untested(page, tests):
    """Yields a sentence for each decision that no test names, but for those of which the page says so."""
    named = named_decisions(tests)
    for number, sentence in DECISION.findall(page):
        if int(number) not in named and not sentence.endswith(NOT_YET):
            yield f"docs/decisions.md: no test names decision {number}: {sentence}"


def print_decisions(page, tests):
    named = named_decisions(tests)
    for number, sentence in DECISION.findall(page):
        print(f"{number:>2}  {sentence}")
        for place in named.get(int(number), ["no test"]):
            print(f"      {place}")


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
    said = '@Test("1, 3: a")\n@Test(\n  "b (4) c (2)", arguments: [5]\n)\n// Number 6.\nlet a = "5: b"\n'
    log, source = "## Unreleased\n\n## 1.2.0 - 2026-01-31\n\n## 1.1.0 - 2025-12-31\n", '    static let number = "{}"\n'
    found = [
        list(long_functions(text)), list(undefended(manifest, page)),
        [sentence for number in ["1.2.0", "1.1.0"] for sentence in wrong_version(log, source.format(number))],
        list(wrong_schema('registerMigration("9") registerMigration("10")', "after number 10.", "schema is number 9.")),
        list(untested("| 1 | a |\n| 2 | b |\n| 3 | c |\n| 4 | d (no test yet) |\n| 5 | e |\n| 6 | f |\n", [("A.swift", said)])),
    ]
    expected = [
        [(2, MOST + 4)],
        [
            "Package.swift: nothing above 'C' says why it needs A", "Package.swift: nothing above 'C' says why it needs B",
            "docs/architecture.md: the row of 'C' has ['A']; expected ['A', 'B']",
        ],
        ["CHANGELOG.md: the newest version is 1.2.0; ProgramVersion says 1.1.0"],
        ["CHANGELOG.md: the schema is said to be 9; the last migration is 10"],
        ["docs/decisions.md: no test names decision 5: e"],
    ]
    sys.exit(0 if found == expected else f"found {found}")


def main():
    if "--self-test" in sys.argv:
        self_test()
    root = pathlib.Path(__file__).resolve().parent.parent
    page = (root / "docs/decisions.md").read_text()
    tests = [(path.relative_to(root), path.read_text()) for path in sorted((root / "Tests").rglob("*.swift")) + sorted((root / "Tests/Browser").glob("*.py"))]
    if "--decisions" in sys.argv:
        print_decisions(page, tests)
        return
    found = [
        f"{path.relative_to(root)}:{line}: a function of {length} lines; expected at most {MOST}"
        for path in sorted((root / "Sources").rglob("*.swift"))
        for line, length in long_functions(path.read_text())
    ]
    found += undefended((root / "Package.swift").read_text(), (root / "docs/architecture.md").read_text())
    version = root / "Sources/ServiceConfiguration/Settings.swift"
    changelog, schema = (root / "CHANGELOG.md").read_text(), root / "Sources/SQLiteOutbox/Schema.swift"
    found += wrong_version(changelog, version.read_text())
    found += wrong_schema(schema.read_text(), (root / "docs/schema.md").read_text(), changelog)
    found += untested(page, tests)
    sys.exit("\n".join(found) if found else 0)


main()
