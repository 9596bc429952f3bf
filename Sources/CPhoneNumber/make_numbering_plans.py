#!/usr/bin/env python3
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
"""Writes the world's numbering plans as the file that Hookline reads: make_numbering_plans.py OUT [WHEEL]

The plans are those of Google's libphonenumber, as the `phonenumbers` package of PyPI carries them. Run it where that
package is installed (`make numbering-plans` does); WHEEL is the wheel that it came from, whose newest entry dates it.
What formats numbers is left out: Hookline only reads them.

The file is a header of text lines, an empty line, then two messages in protobuf's wire format (the collection of
resources/phonemetadata.proto of libphonenumber, which every version of the library reads): of whole numbers, and of
short codes. The checksum is the CRC-32 of both together.
"""

import datetime
import re
import sys
import zipfile
import zlib

import phonenumbers
from phonenumbers.phonemetadata import PhoneMetadata

MAGIC = "hookline-numbering-plans 1"

# Field numbers of resources/phonemetadata.proto.
DESCRIPTIONS = {
    "general_desc": 1, "fixed_line": 2, "mobile": 3, "toll_free": 4, "premium_rate": 5, "shared_cost": 6,
    "personal_number": 7, "voip": 8, "pager": 21, "no_international_dialling": 24, "uan": 25, "emergency": 27,
    "voicemail": 28, "short_code": 29, "standard_rate": 30, "carrier_specific": 31, "sms_services": 33,
}
TEXTS = {
    "international_prefix": 11, "national_prefix": 12, "national_prefix_for_parsing": 15,
    "preferred_international_prefix": 17, "leading_digits": 23,
}
FLAGS = {"main_country_for_code": 22, "mobile_number_portable_region": 32}
# `PhoneMetadata` wants these in every plan.
REQUIRED = ["general_desc"]


def varint(value: int) -> bytes:
    """A number, seven bits a byte; negative ones as 64 bits, as int32 is written."""
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def chunk(field: int, content: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(content)) + content


def text(field: int, value: str) -> bytes:
    return chunk(field, value.encode())


def description(desc) -> bytes:
    out = b""
    if desc.national_number_pattern:
        # The library compiles what it is given: a pattern that is broken here would match nothing there.
        re.compile(desc.national_number_pattern)
        out += text(2, desc.national_number_pattern)
    out += b"".join(number(9, length) for length in desc.possible_length)
    return out + b"".join(number(10, length) for length in desc.possible_length_local_only)


def plan(metadata: PhoneMetadata) -> bytes:
    out = b""
    for name, field in DESCRIPTIONS.items():
        desc = getattr(metadata, name)
        if desc is not None or name in REQUIRED:
            out += chunk(field, description(desc) if desc else b"")
    out += text(9, metadata.id) + number(10, metadata.country_code or 0)
    for name, field in TEXTS.items():
        if value := getattr(metadata, name):
            out += text(field, value)
    if rule := metadata.national_prefix_transform_rule:
        # Python writes groups as \1, the library's own form is $1.
        out += text(16, re.sub(r"\\(\d)", r"$\1", rule))
    for name, field in FLAGS.items():
        if getattr(metadata, name):
            out += number(field, 1)
    return out


def collection(plans: list[PhoneMetadata]) -> bytes:
    return b"".join(chunk(1, plan(metadata)) for metadata in plans)


def whole_plans() -> list[PhoneMetadata]:
    regions = sorted(phonenumbers.SUPPORTED_REGIONS)
    plans = [PhoneMetadata.metadata_for_region(region) for region in regions]
    codes = sorted(phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS)
    return plans + [PhoneMetadata.metadata_for_nongeo_region(code) for code in codes]


def short_plans() -> list[PhoneMetadata]:
    from phonenumbers.shortdata import _AVAILABLE_REGION_CODES as regions

    return [PhoneMetadata.short_metadata_for_region(region) for region in sorted(regions)]


def day_of(wheel: str | None) -> datetime.date:
    """The day on which the package was made: that of its newest file."""
    if wheel is None:
        raise SystemExit("the wheel is missing: make_numbering_plans.py OUT WHEEL")
    with zipfile.ZipFile(wheel) as archive:
        return datetime.date(*max(entry.date_time for entry in archive.infolist())[:3])


def main() -> None:
    out = sys.argv[1]
    day = day_of(sys.argv[2] if len(sys.argv) > 2 else None)
    whole, short = collection(whole_plans()), collection(short_plans())
    header = [
        MAGIC,
        f"date {day}",
        f"source phonenumbers {phonenumbers.__version__}",
        f"plans {len(whole)}",
        f"short {len(short)}",
        f"crc32 {zlib.crc32(whole + short):08x}",
    ]
    with open(out, "wb") as file:
        file.write(("\n".join(header) + "\n\n").encode() + whole + short)
    print(f"{out}: plans of {day}, {len(whole) + len(short)} bytes")


main()
