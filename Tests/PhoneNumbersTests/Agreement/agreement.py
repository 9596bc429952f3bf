#!/usr/bin/env python3
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
"""Holds Hookline's verdicts on random mobile numbers against PyPI's newest `phonenumbers`.

    agreement.py HOOKLINE [--count 100000] [--seed 1] [--least 99.9]

Random valid numbers are drawn from the mobile patterns of every region; random invalid ones have a length that a region
has mobiles of and digits that `phonenumbers` calls invalid, half of them a valid number with one digit changed. Each
goes to `hookline render --lines` in international form, through the filter `phone`. Prints a line for each kind and the
regions with the most differences; ends with 1 when one kind agrees less than the least.

Numbers that Hookline calls test numbers (one digit over and over, or counting up) are left out of the valid ones: that
refusal is meant, and a rule can switch it off.
"""

import argparse
import collections
import json
import random
import re._parser as sre
import subprocess
import sys

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberType

MOBILE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
# What a message may go to: see LookedUp.refusal.
REACHABLE = MOBILE | {PhoneNumberType.VOIP, PhoneNumberType.PERSONAL_NUMBER}
DIGITS = "0123456789"


def draw(pattern, chance: random.Random) -> str:
    """A random text of digits that a parsed pattern matches, lookarounds aside."""
    out = []
    for operator, argument in pattern:
        name = str(operator)
        if name == "LITERAL":
            out.append(chr(argument))
        elif name == "IN":
            choices = []
            for kind, value in argument:
                if str(kind) == "LITERAL":
                    choices.append(chr(value))
                elif str(kind) == "RANGE":
                    choices += [chr(code) for code in range(value[0], value[1] + 1)]
                elif str(kind) == "CATEGORY":
                    choices += DIGITS
            out.append(chance.choice(choices))
        elif name == "BRANCH":
            out.append(draw(chance.choice(argument[1]), chance))
        elif name == "SUBPATTERN":
            out.append(draw(argument[-1], chance))
        elif name in ("MAX_REPEAT", "MIN_REPEAT"):
            least, most, inner = argument
            out += [draw(inner, chance) for _ in range(chance.randint(least, min(most, least + 12)))]
    return "".join(out)


def is_test_number(national: str) -> bool:
    """The rule of `WrittenNumber.isTestNumber`."""
    if len(national) < 6:
        return False
    if len(set(national)) == 1 or national in "012345678901234567890":
        return True
    return any((part * 7).startswith(national) for part in ("123", "1234", "12345"))


class Region:
    def __init__(self, code: str):
        self.code = code
        metadata = PhoneMetadata.metadata_for_region(code)
        self.calling = str(metadata.country_code)
        self.mobile = sre.parse(metadata.mobile.national_number_pattern)
        self.lengths = metadata.mobile.possible_length

    def parse(self, national: str):
        try:
            number = phonenumbers.parse(f"+{self.calling}{national}")
        except phonenumbers.NumberParseException:
            return None
        return number

    def valid(self, chance: random.Random) -> str | None:
        national = draw(self.mobile, chance)
        number = self.parse(national)
        if number is None or not phonenumbers.is_valid_number(number) or is_test_number(national):
            return None
        if phonenumbers.number_type(number) not in MOBILE:
            return None
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def invalid(self, chance: random.Random) -> str | None:
        if chance.random() < 0.5:
            national = list(draw(self.mobile, chance))
            national[chance.randrange(len(national))] = chance.choice(DIGITS)
            national = "".join(national)
        else:
            national = "".join(chance.choices(DIGITS, k=chance.choice(self.lengths)))
        number = self.parse(national)
        if number is None or phonenumbers.is_valid_number(number):
            return None
        return f"+{self.calling}{national}"


def regions() -> list[Region]:
    found = []
    for code in sorted(phonenumbers.SUPPORTED_REGIONS):
        mobile = PhoneMetadata.metadata_for_region(code).mobile
        if mobile is not None and mobile.national_number_pattern:
            found.append(Region(code))
    return found


def sample(kind: str, count: int, all_regions: list[Region], chance: random.Random) -> list[tuple[str, str]]:
    """So many numbers of a kind, as many of each region as of any other."""
    numbers = []
    while len(numbers) < count:
        for region in all_regions:
            number = getattr(region, kind)(chance)
            if number is not None and len(numbers) < count:
                numbers.append((region.code, number))
    return numbers


def answers(hookline: str, numbers: list[str]) -> list[dict]:
    lines = "".join(json.dumps({"template": "{{ n | phone }}", "data": {"n": number}}) + "\n" for number in numbers)
    run = subprocess.run([hookline, "render", "--lines"], input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in run.stdout.splitlines()]


def compare(kind: str, numbers: list[tuple[str, str]], hookline: str) -> float:
    given = answers(hookline, [number for _, number in numbers])
    assert len(given) == len(numbers), "an answer is missing"
    differences = collections.Counter()
    for (region, number), answer in zip(numbers, given):
        agrees = answer.get("result") == number[1:] if kind == "valid" else "error" in answer
        differences[region] += not agrees
    wrong = sum(differences.values())
    share = 100 * (len(numbers) - wrong) / len(numbers)
    worst = ", ".join(f"{region} {count}" for region, count in differences.most_common(8) if count)
    count = len({region for region, _ in numbers})
    print(f"{kind}: {len(numbers)} numbers of {count} regions, {wrong} differ, {share:.3f} % agree ({worst or 'none'})")
    return share


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("hookline")
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--least", type=float, default=99.9)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    found = regions()
    print(f"phonenumbers {phonenumbers.__version__}, seed {options.seed}")
    shares = [
        compare(kind, sample(kind, options.count, found, chance), options.hookline) for kind in ("valid", "invalid")
    ]
    return 0 if min(shares) >= options.least else 1


sys.exit(main())
