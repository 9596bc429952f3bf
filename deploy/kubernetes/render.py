#!/usr/bin/env python3
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
"""Makes the objects of Kubernetes of a file of values: render.py VALUES.yaml [--output FOLDER] [--hookline PROGRAM]

Prints all of them, or writes them into FOLDER in the order in which they are applied: 1-configuration.yaml, 2-migration.yaml (a store
on PostgreSQL alone), 3-service.yaml. values.schema.json says what the values mean. Values, the configuration and what it names are
checked first: nothing is written where something is wrong. Needs no cluster; python3-yaml and python3-jsonschema."""
import argparse
import math
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
try:
    import json
    import yaml
    from reading import Mistake, check, read, resolved, shown
except ModuleNotFoundError as missing:
    sys.exit(f"render.py: Python has no {missing.name}: apt-get install python3-yaml python3-jsonschema")
from objects import CONFIGURATION, CREDENTIALS, STATE, Objects

MOST_BYTES = 1 << 20  # what a ConfigMap or a Secret may hold
KEY = re.compile(r"^(?!\.\.)[-._a-zA-Z0-9]{1,253}$")


def note(text):
    print(f"note: {text}", file=sys.stderr)


class Files:
    """The files that values name, and what the configuration says about the pod."""

    def __init__(self, values, places):
        self.values, self.places = values, places
        self.folder = pathlib.Path(places.file).parent
        self.configuration = {"hookline.yaml": self.content("configuration", values["configuration"])}
        for number, path in enumerate(values.get("files", [])):
            self.add(self.configuration, ("files", number), pathlib.Path(path).name, self.content(("files", number), path))
        self.rules = self.read_rules()
        self.credentials = self.read_credentials()
        for key, contents in [("configuration", self.configuration.items()), ("credentials", self.credentials.items()),
                              ("rules", ((key, content) for key, (_, content) in self.rules.items()))]:
            self.limit(key, contents)
        self.path = os.path.normpath(self.folder / values["configuration"])
        tree, self.tree_places = read(self.path, texts=True)
        self.tree = resolved(tree, {**values.get("environment", {}), "STATE_DIRECTORY": STATE, "CREDENTIALS_DIRECTORY": CREDENTIALS}, self.tree_places)
        self.ports = self.port("listen"), self.port("admin", "listen")
        self.check_store()
        self.rules_path = self.place_of_rules()
        self.check_references()
        self.grace = math.ceil(self.span("shutdown_delay", "0s") + self.span("drain", "20s")) + 10
        if self.span("shutdown_delay", "0s") == 0:
            note(f"{self.path}: shutdown_delay is 0s: a pod is told to stop while it is still sent requests; 10s lets them be served")

    # MARK: Reading

    def fail(self, path, found, expected):
        path = (path,) if isinstance(path, str) else path
        raise Mistake(f"{self.places.at(path)}: {'.'.join(map(str, path))}: found {found}; expected {expected}")

    def content(self, key, path):
        try:
            return (self.folder / path).read_bytes()
        except OSError as error:
            self.fail(key, f"'{path}' ({error.strerror})", "a file that can be read")

    def add(self, into, key, name, content):
        if not KEY.match(name):
            self.fail(key, f"the name '{name}'", "letters, digits, '-', '_' and '.' in the name of a file")
        if name in into:
            self.fail(key, f"'{name}' twice", "files of different names")
        into[name] = content

    def read_rules(self):
        """The rule files: what each is called in its ConfigMap, its path below the folder of rules, its content."""
        found = {}
        for number, path in enumerate(self.values["rules"]):
            key, root = ("rules", number), self.folder / path
            files = rule_files(root) if root.is_dir() else [root]
            if not files:
                self.fail(key, f"no rule file in '{path}'", "files *.yaml or *.yml")
            for file in files:
                below = str(file.relative_to(root)) if root.is_dir() else file.name
                content = self.content(key, os.path.relpath(file, self.folder))
                try:
                    content.decode()
                except UnicodeDecodeError:
                    self.fail(key, f"'{file}', which is not UTF-8", "files saved as UTF-8")
                self.add(found, key, below.replace("/", "__"), (below, content))
        return found

    def read_credentials(self):
        found = {}
        if "credentials" not in self.values:
            return found
        root = self.folder / self.values["credentials"]
        if not root.is_dir():
            self.fail("credentials", f"'{self.values['credentials']}', which is none", "a folder with a file for each secret")
        for file in sorted(root.iterdir()):
            if file.name.startswith(".") or not file.is_file():
                continue
            content = self.content("credentials", os.path.relpath(file, self.folder))
            if not content.strip():
                self.fail("credentials", f"nothing in '{file.name}'", "a secret")
            self.add(found, "credentials", file.name, content)
        if not found:
            self.fail("credentials", "an empty folder", "a file for each secret")
        return found

    def limit(self, key, contents):
        size = sum(len(name) + len(content) for name, content in contents)
        if size > MOST_BYTES:
            self.fail(key, f"{size} bytes", f"{MOST_BYTES} at most, which is all that an object of Kubernetes holds")

    # MARK: What the configuration says

    def wrong(self, path, found, expected):
        raise Mistake(f"{self.tree_places.at(path)}: {'.'.join(map(str, path))}: found {found}; expected {expected}")

    def port(self, *path):
        found = self.tree
        for key in path:
            found = found.get(key, {}) if isinstance(found, dict) else {}
        match = re.fullmatch(r"(0\.0\.0\.0|\[::\]|):(\d{1,5})", found) if isinstance(found, str) else None
        if not match or not 1024 <= int(match[2]) <= 65535:
            example = "0.0.0.0:8080" if path[0] == "listen" else "0.0.0.0:8081"
            self.wrong(path, shown(found) if isinstance(found, str) else "nothing", f"an address of the pod with a port above 1023, such as {example}")
        return int(match[2])

    def text(self, key, default):
        found = self.tree.get(key, default)
        return found if isinstance(found, str) else self.wrong([key], shown(found), "a text")

    def check_store(self):
        store = self.text("store", "sqlite:hookline.db")
        kind = "postgres" if store.startswith("postgres") else "sqlite"
        if kind != self.values["store"]:
            # The address may hold a password: its kind alone is said.
            self.wrong(["store"], f"a store of the kind {kind}", f"{self.values['store']}, as the values say")
        if kind == "sqlite" and not os.path.normpath(store.removeprefix("sqlite:")).startswith(STATE + "/"):
            self.wrong(["store"], f"'{store}'", f"a file on the pod's volume, such as sqlite:{STATE}/hookline.db")
        if re.match(r"postgres(ql)?://[^/@]*:[^/@]+@", store):
            self.wrong(["store"], "a password in the address", "postgres.password: credential:NAME; a ConfigMap is no place for a secret")

    def place_of_rules(self):
        path = os.path.normpath(os.path.join(CONFIGURATION, self.text("rules", "rules")))
        if not path.startswith(CONFIGURATION + "/"):
            self.wrong(["rules"], f"'{self.text('rules', 'rules')}'", "a folder beside the configuration, such as rules/")
        return os.path.relpath(path, CONFIGURATION)

    def span(self, key, default):
        text, factors = self.text(key, default), {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
        if not re.fullmatch(r"(\d{1,9}(ms|[smhdw]))+", text):
            self.wrong([key], shown(text), "a time span, such as 10s")
        return sum(int(count) * factors[unit] for count, unit in re.findall(r"(\d+)(ms|[smhdw])", text))

    def check_references(self):
        """Secrets and files that the configuration names have to be in the pod."""
        named = set()
        for path, text in leaves(self.tree):
            kind, _, name = text.partition(":")
            if kind == "credential" and name:
                named.add(name)
                if "credentials_secret" not in self.values and name not in self.credentials:
                    self.wrong(path, f"'{text}'", f"one of {', '.join(self.credentials) or 'the credentials, of which there are none'}")
            if kind == "file" and name and not name.startswith(CREDENTIALS + "/"):
                self.wrong(path, f"'{text}'", f"credential:{pathlib.PurePath(name).name}: the pod has no such file")
            if path in (("transport", "ca_file"), ("numbering_plans",)):
                inside = os.path.normpath(os.path.join(CONFIGURATION, text))
                if os.path.relpath(inside, CONFIGURATION) not in self.configuration:
                    self.wrong(path, f"'{text}'", "a file of 'files', which stand beside the configuration")
        for name in sorted(set(self.credentials) - named):
            note(f"{self.values['credentials']}/{name}: the configuration names no credential:{name}")


def leaves(value, path=()):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(inner, (*path, number))
    else:
        yield path, value


def rule_files(root):
    """The files that Hookline reads of a folder; tests of rules stay where they are written."""
    return sorted(
        file for file in root.rglob("*") if file.suffix in (".yaml", ".yml") and file.is_file()
        and not file.stem.endswith("_test") and not any(part.startswith(".") for part in file.relative_to(root).parts))


def check_with_hookline(files, program):
    """Lets the program judge configuration and rules as the pod will have them."""
    program = program or shutil.which("hookline")
    if not program:
        return note("hookline is not on the PATH, and --hookline names none: the program did not check the configuration and the rules")
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.configuration.items():
            pathlib.Path(folder, name).write_bytes(content)
        # Where they are written, since their tests name samples beside them, which pods do without.
        rules = [os.path.normpath(files.folder / path) for path in files.values["rules"]]
        environment = {**os.environ, **files.values.get("environment", {}), "STATE_DIRECTORY": STATE, "CREDENTIALS_DIRECTORY": CREDENTIALS}
        found = subprocess.run([program, "rules", "check", "--config", f"{folder}/hookline.yaml", *rules], env=environment, capture_output=True, text=True)
    said = (found.stdout + found.stderr).replace(f"{folder}/hookline.yaml", files.path).strip()
    if found.returncode != 0:
        raise Mistake(said or f"{program} ended with {found.returncode}")
    print(said, file=sys.stderr)


class Dumper(yaml.SafeDumper):
    """Texts of several lines as they are written."""

    def ignore_aliases(self, data):
        return True


def text_of(dumper, text):
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


Dumper.add_representer(str, text_of)


def written(objects):
    return "---\n".join(yaml.dump(item, Dumper=Dumper, sort_keys=False, width=120, allow_unicode=True) for item in objects)


def write(folder, parts):
    """Writes the files for their owner alone: secrets stand in them, though coded."""
    os.makedirs(folder, exist_ok=True)
    for name, objects in parts:
        path = pathlib.Path(folder, name)
        path.unlink(missing_ok=True)
        if objects:
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                file.write(written(objects))
            print(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0], allow_abbrev=False)
    parser.add_argument("values", help="the file of values; values.schema.json says what they mean")
    parser.add_argument("--output", metavar="FOLDER", help="where the files go; all is printed if left out")
    parser.add_argument("--hookline", metavar="PROGRAM", help="the program that checks configuration and rules; that of the PATH if left out")
    arguments = parser.parse_args()
    try:
        values, places = read(arguments.values)
        values = check(values, places, json.loads((HERE / "values.schema.json").read_text()))
        files = Files(values, places)
        check_with_hookline(files, arguments.hookline)
    except Mistake as mistake:
        print(mistake, file=sys.stderr)
        sys.exit(1)
    objects = Objects(values, files)
    if arguments.output:
        write(arguments.output, [("1-configuration.yaml", objects.before()), ("2-migration.yaml", objects.migration()), ("3-service.yaml", objects.service())])
    else:
        print(written(objects.before() + objects.migration() + objects.service()), end="")


if __name__ == "__main__":
    main()
