#!/usr/bin/env python3
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
"""Writes entities.txt: the named character references of HTML (https://html.spec.whatwg.org/entities.json).

A line is a name and the hexadecimal code points that it stands for; names that also count without their semicolon
stand there a second time. The table is the one in Python's standard library.
"""
import html.entities
import pathlib

lines = [f"{name} {' '.join(f'{ord(c):X}' for c in text)}" for name, text in sorted(html.entities.html5.items())]
pathlib.Path(__file__).with_name("entities.txt").write_text("\n".join(lines) + "\n", encoding="ascii")
