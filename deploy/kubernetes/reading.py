# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
"""Reads YAML with the place of every value, and holds values against their schema: where, what was found, what was expected."""
import difflib
import json
import re

import jsonschema
import yaml


class Mistake(Exception):
    """What is wrong, one sentence a line, each with its place."""

    def __init__(self, *lines):
        super().__init__("\n".join(lines))


class Places:
    """Where keys and values stand: by the path of keys and positions that leads there."""

    def __init__(self, file):
        self.file, self.keys, self.values = file, {}, {}

    def at(self, path):
        """The place of a key, or of what it is missing in."""
        path = tuple(path)
        while path and path not in self.keys and path not in self.values:
            path = path[:-1]
        mark = self.keys.get(path) or self.values.get(path)
        return f"{self.file}:{mark.line + 1}:{mark.column + 1}" if mark else f"{self.file}:1:1"


def read(path, texts=False):
    """A YAML file's content and its places. With `texts` every scalar is the text that stands there, as Hookline reads it, and
    ${NAME} may stand where YAML has no braces."""
    try:
        text = open(path, encoding="utf-8").read()
    except (OSError, UnicodeDecodeError) as error:
        raise Mistake(f"{path}: found {getattr(error, 'strerror', None) or 'bytes that are not UTF-8'}; expected a YAML file")
    if texts:
        text = re.sub(r"\$\{([A-Za-z_][A-Za-z0-9_]*(?::-[^{}\r\n]*)?)\}", "$\uf8f0\\1\uf8f1", text)
    loader, places = yaml.SafeLoader(text), Places(path)
    try:
        node = loader.get_single_node()
        value = convert(loader, node, (), places, texts) if node else {}
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Mistake(f"{path}:{mark.line + 1}:{mark.column + 1}: {error.problem}; expected YAML")
    if not isinstance(value, dict):
        raise Mistake(f"{path}:1:1: found {shown(value)}; expected keys and values")
    return value, places


def convert(loader, node, path, places, texts):
    places.values[path] = node.start_mark
    if isinstance(node, yaml.SequenceNode):
        return [convert(loader, item, (*path, number), places, texts) for number, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        result = {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else shown(key)
            if name in result:
                raise Mistake(f"{places.file}:{key.start_mark.line + 1}:{key.start_mark.column + 1}: '{name}' stands here twice")
            places.keys[(*path, name)] = key.start_mark
            result[name] = convert(loader, value, (*path, name), places, texts)
        return result
    return node.value if texts else loader.construct_object(node)


def resolved(value, environment, places, path=()):
    """The same with the variables in their places: as the pod will read it."""
    if isinstance(value, dict):
        return {key: resolved(inner, environment, places, (*path, key)) for key, inner in value.items()}
    if isinstance(value, list):
        return [resolved(inner, environment, places, (*path, number)) for number, inner in enumerate(value)]

    def variable(match):
        name, stand_in = match[1], match[2]
        if stand_in is not None:
            return environment.get(name) or stand_in
        if name in environment:
            return environment[name]
        where = ".".join(map(str, path))
        raise Mistake(f"{places.at(path)}: {where}: the pod has no variable {name}; expected credential:NAME for a secret, "
                      "or a value at 'environment'")

    return re.sub("\\$\uf8f0([A-Za-z0-9_]+)(?::-([^\uf8f1]*))?\uf8f1", variable, value)


def shown(value):
    """A value as people write it, not too long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:59] + "…"


def check(values, places, schema):
    """Holds values against their schema, and gives back what holds with all that is left out."""
    errors = jsonschema.Draft7Validator(schema).iter_errors(values)
    found = sorted({sentence for error in errors for sentence in sentences(error, places, schema)})
    if found:
        raise Mistake(*found)
    return completed(values, schema)


def completed(values, schema):
    result = dict(values)
    for key, shape in schema["properties"].items():
        if "default" in shape:
            result.setdefault(key, shape["default"])
        if key in result and "properties" in shape:
            result[key] = completed(result[key], shape)
    return result


NAMES = {"string": "a text", "integer": "a whole number", "array": "a list", "object": "keys and values", "boolean": "true or false"}


def sentences(error, places, schema):
    """An error of jsonschema in our words."""
    path, rule, found = list(error.absolute_path), error.validator, error.instance
    where = ".".join(map(str, path)) or "the values"
    shape = error.schema
    such = f", such as {shape['examples'][0]}" if shape.get("examples") else ""
    at = places.at(path)
    if rule == "additionalProperties" and isinstance(shape.get("additionalProperties"), bool):
        known = list(shape.get("properties", {}))
        for key in [key for key in found if key not in known]:
            near = difflib.get_close_matches(key, known, 1)
            meant = f"did you mean '{near[0]}'?" if near else "expected one of " + ", ".join(known)
            yield f"{places.at([*path, key])}: {where}: there is no key '{key}'; {meant}"
    elif rule == "required":
        for key in [key for key in error.validator_value if key not in found]:
            missing = shape["properties"][key]
            expected = " or ".join(missing["enum"]) if "enum" in missing else meaning(missing)
            yield f"{at}: {where}: '{key}' is missing; expected {expected}"
    elif rule == "not":
        reason = {"replicas": "a store in a file has one pod", "volume": "a store on PostgreSQL has no volume",
                  "credentials_secret": "'credentials' makes a Secret already"}[path[-1]]
        yield f"{at}: {where}: found {shown(found)}; {reason}: expected no such key here"
    elif rule == "type":
        yield f"{at}: {where}: found {shown(found)}; expected {NAMES[error.validator_value]}{such}"
    elif rule == "enum":
        yield f"{at}: {where}: found {shown(found)}; expected {' or '.join(error.validator_value)}"
    elif rule in ("minimum", "maximum"):
        yield f"{at}: {where}: found {found}; expected a whole number from {shape['minimum']} to {shape['maximum']}"
    elif rule == "pattern":
        # A key is found by its own place, not by that of what it stands in.
        is_key = "propertyNames" in error.absolute_schema_path
        expected = meaning(shape) + such if such else f"what matches {error.validator_value}"
        yield f"{places.at([*path, found]) if is_key else at}: {where}: found {shown(found)}; expected {expected}"
    elif rule in ("minLength", "minItems"):
        yield f"{at}: {where}: found {shown(found)}; expected one at least"
    elif rule in ("maxLength", "maxItems", "maxProperties"):
        yield f"{at}: {where}: found {len(found)}; expected {error.validator_value} at most"
    elif rule == "uniqueItems":
        yield f"{at}: {where}: found {shown(found)}; expected each once"
    else:
        yield f"{at}: {where}: {error.message}"


def meaning(shape):
    """What a key is for, inside of a sentence."""
    text = shape["description"].split(";")[0].split(":")[0].rstrip(".")
    return text[0].lower() + text[1:]
