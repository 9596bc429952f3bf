#!/usr/bin/env python3
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
"""Writes templates.json: the templates that the sandbox knows, in Meta's shape.

Run it from the project's root after the shipped rules changed. The texts of the templates that they use stand in
comments above the rules ("# Template NAME:" and the text after it); a test compares both.
"""
import json
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[3]
COMMENT = re.compile(r"^\s*# Template (\w+):[ \t]*(.*)\n((?:\s*#   +.*\n)*)", re.M)


def record(name, text, status="APPROVED", language="en_US", category="UTILITY", extra=()):
    body = {"type": "BODY", "text": text}
    slots = sorted({int(slot) for slot in re.findall(r"\{\{(\d+)\}\}", text)})
    if slots:
        body["example"] = {"body_text": [[f"value {slot}" for slot in slots]]}
    return {"name": name, "language": language, "status": status, "category": category, "components": [body, *extra]}


def from_rules():
    for path in sorted((ROOT / "rules").rglob("*.yaml")):
        for name, first, rest in COMMENT.findall(path.read_text(encoding="utf-8")):
            lines = [first.strip()] + [line.strip().removeprefix("#").strip() for line in rest.splitlines()]
            yield record(name, " ".join(line for line in lines if line))


CARD = [
    {"type": "HEADER", "format": "IMAGE"},
    {"type": "BODY", "text": "{{1}}, {{2}}: {{3}}"},
    {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "View", "url": "https://homes.example/{{1}}"}]},
]

OWN = [
    record("hello_world", "Welcome! This message was sent from the sandbox."),
    record(
        "order_confirmation",
        "Hi {{1}}, your order {{2}} is confirmed. Expected: {{3}}.",
        language="en",
        extra=[{"type": "FOOTER", "text": "Thank you for your order"}],
    ),
    record("payment_thank_you", "Dear {{1}}, thank you for your payment of {{2}} for {{3}}. {{4}}"),
    record(
        "new_homes",
        "{{1}}",
        category="MARKETING",
        extra=[{"type": "CAROUSEL", "cards": [{"components": CARD}, {"components": CARD}]}],
    ),
    record(
        "festive_offer",
        "Hello {{1}}, everything for the table is {{2}} cheaper until Sunday.",
        category="MARKETING",
        extra=[
            {"type": "HEADER", "format": "TEXT", "text": "A present for {{1}}", "example": {"header_text": ["Asha"]}},
            {"type": "FOOTER", "text": "Reply STOP to hear no more of us"},
            {
                "type": "BUTTONS",
                "buttons": [
                    {"type": "URL", "text": "Shop now", "url": "https://shop.example/{{1}}"},
                    {"type": "PHONE_NUMBER", "text": "Call us", "phone_number": "+12025550100"},
                    {"type": "QUICK_REPLY", "text": "Not for me"},
                ],
            },
        ],
    ),
    record(
        "boarding_pass",
        "Your flight {{1}} leaves at {{2}}.",
        extra=[{"type": "HEADER", "format": "IMAGE"}],
    ),
    record("waiting_for_review", "Hello {{1}}", status="PENDING"),
    record("refused_by_meta", "Win {{1}}!", status="REJECTED", category="MARKETING"),
    record("paused_by_meta", "Hello {{1}}", status="PAUSED", category="MARKETING"),
    record("disabled_by_meta", "Hello {{1}}", status="DISABLED", category="MARKETING"),
    record("in_appeal", "Hello {{1}}", status="IN_APPEAL"),
    record("limit_exceeded", "Hello {{1}}", status="LIMIT_EXCEEDED"),
]

templates = {}
for template in [*from_rules(), *OWN]:
    known = templates.setdefault((template["name"], template["language"]), template)
    if known["components"] != template["components"]:
        raise SystemExit(f"two rule files give the template {template['name']} different texts")
target = pathlib.Path(__file__).with_name("templates.json")
records = [{"id": str(9000 + number), **template} for number, template in enumerate(templates.values())]
target.write_text(
    json.dumps({"success": True, "data": {"templates": records}}, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
)
