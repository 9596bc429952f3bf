#!/usr/bin/env python3
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
"""Writes hookline(1) and hookline.yaml(5) of what the program says of itself: manpages.py PROGRAM DATE FOLDER

DATE is the day of the pages (YYYY-MM-DD). The commands come from ArgumentParser's description of them, the keys from the JSON
Schema of the configuration: neither can differ from the program."""
import json
import pathlib
import subprocess
import sys
import textwrap

program, date, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])


def asked(*arguments):
    return json.loads(subprocess.run([program, *arguments], check=True, capture_output=True, text=True).stdout)


def escaped(text):
    """Text as troff takes it literally."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in text.split("\n"))


def paragraph(text):
    lines = []
    for part in text.split("\n"):
        lines += [escaped(line) for line in textwrap.wrap(part, 78, break_long_words=False)] or [".PP"]
    return lines


def name_of(argument):
    dash = {"long": "--", "short": "-", "longWithSingleDash": "-"}
    names = ", ".join(f"\\fB{escaped(dash[name['kind']] + name['name'])}\\fR" for name in argument.get("names", []))
    value = "\\fI" + escaped(argument.get("valueName", "").upper()) + "\\fR"
    if argument["kind"] == "positional":
        return value + (" ..." if argument["isRepeating"] else "")
    return names if argument["kind"] == "flag" else f"{names} {value}"


def options(command):
    for argument in command.get("arguments", []):
        names = [name["name"] for name in argument.get("names", [])]
        if not argument["shouldDisplay"] or "help" in names or "version" in names:
            continue
        yield from [".TP", name_of(argument)]
        text = argument.get("abstract", "")
        default = argument.get("defaultValue")
        yield from paragraph(text + (f" Default: {default}." if default else "") or "No more is to be said of it.")


def commands(command, path):
    for sub in command.get("subcommands", []):
        if not sub["shouldDisplay"] or sub["commandName"] == "help":
            continue
        here = [*path, sub["commandName"]]
        yield from [f".SS {escaped(' '.join(here))}", *paragraph(sub.get("abstract", ""))]
        if sub.get("discussion"):
            yield from [".PP", *paragraph(sub["discussion"])]
        if not sub.get("subcommands"):
            yield from options(sub)
        yield from commands(sub, here)


def head(name, section, summary):
    return [f'.TH {name.upper()} {section} "{date}" "hookline" "Hookline"', ".SH NAME", f"{name} \\- {escaped(summary)}"]


FILES = [
    ("/etc/hookline/hookline.yaml", "The configuration, hookline.yaml(5)."),
    ("/etc/hookline/rules/", "The rule files; systemctl reload hookline reads them again."),
    ("/etc/hookline/credentials/", "A file for each secret, read by root alone; credential:NAME in the configuration."),
    ("/var/lib/hookline/", "The store."),
    ("/usr/share/hookline/rules/", "Rules for each sender, with tests and samples, to copy."),
]


def first_page():
    whole = asked("--experimental-dump-help")["command"]
    lines = head("hookline", 1, "webhooks in, WhatsApp out")
    lines += [".SH SYNOPSIS", ".B hookline", ".I COMMAND", "[\\fIOPTIONS\\fR]", ".SH DESCRIPTION"]
    lines += paragraph(
        "Takes the webhooks of payment gateways, shops and ERPs, verifies each by its sender's signature, matches it against "
        "rule files, fills WhatsApp templates, and sends them through the partner's API. Every message stays in a durable outbox.")
    lines += [".PP", *paragraph("Every command has --help.")]
    lines += [".SH COMMANDS", *commands(whole, ["hookline"])]
    lines += [".SH EXIT STATUS", *paragraph(whole.get("discussion", ""))]
    lines += [".SH FILES"]
    for path, text in FILES:
        lines += [".TP", f".I {escaped(path)}", *paragraph(text)]
    return lines + [".SH SEE ALSO", ".BR hookline.yaml (5),", "/usr/share/doc/hookline/README.Debian"]


def keys(group, definitions, seen):
    """A group of keys, then those that it leads to."""
    definition = definitions[group]
    yield from [f".SH {escaped(group.upper())}", *paragraph(definition.get("description", ""))]
    further = []
    for key, value in definition.get("properties", {}).items():
        yield from [".TP", f".B {escaped(key)}", *paragraph(value.get("description", "") or "See below.")]
        further += [name for name in references(value) if name not in seen]
        seen.update(further)
    for name in dict.fromkeys(further):
        yield from keys(name, definitions, seen)


def references(value):
    if isinstance(value, dict):
        if "$ref" in value:
            name = value["$ref"].rsplit("/", 1)[1]
            yield name
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def fifth_page():
    schema = asked("config", "schema")
    definitions = {name: value for name, value in schema["$defs"].items()}
    lines = head("hookline.yaml", 5, "the configuration of hookline")
    lines += [".SH DESCRIPTION", *paragraph(
        "A YAML file. Paths are relative to its folder. ${NAME} stands for an environment variable, ${NAME:-text} for text where "
        "it is not set. A secret may be ${NAME}, file:PATH, or credential:NAME, a file of systemd's credentials "
        "(/etc/hookline/credentials). Durations are written 30s, 15m, 12h, 90d.")]
    lines += keys("configuration", definitions, {"configuration"})
    return lines + [".SH SEE ALSO", ".BR hookline (1)", "", "/usr/share/doc/hookline/examples/hookline.example.yaml"]


(folder / "hookline.1").write_text("\n".join(first_page()) + "\n")
(folder / "hookline.yaml.5").write_text("\n".join(line for line in fifth_page() if line) + "\n")
