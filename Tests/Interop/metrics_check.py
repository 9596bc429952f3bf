#!/usr/bin/env python3
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
"""Holds what is said of metrics together.

Every metric of the table in docs/operations.md is made somewhere in Sources, and every one that is made stands in the table;
the dashboard and the alert rules ask for no metric and no label that the table does not have.
"""

import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| `(hookline_[a-z_]+)` \| (\w+) \|([^|]*)\|", re.M)
SELECTOR = re.compile(r"\b(hookline_[a-z_]+)(?:\{([^}]*)\})?")
GROUPS = re.compile(r"\bby \(([^)]*)\)")
# What Prometheus and its scrape add.
SCRAPED = {"job", "instance", "le"}
SUFFIXES = ("_bucket", "_sum", "_count")
# What each node tells of the store, which all nodes may share: a sum over them counts it once a node.
OF_THE_STORE = {
    "hookline_outbox_depth", "hookline_digests_open", "hookline_job_left", "hookline_consent_open", "hookline_pair_waiting",
    "hookline_portfolio_recipients", "hookline_portfolio_limit"}


def table(text):
    """The metrics of the page, each with its labels."""
    return {name: set(re.findall(r"`(\w+)`", labels)) for name, _, labels in ROW.findall(text)}


def expressions(dashboard, alerts):
    """Every expression of the dashboard and of the alert rules, with where it stands."""
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield f"the panel '{panel['title']}'", target["expr"]
    for name, expression in re.findall(r"- alert: (\w+)\n\s+expr: (.*?)(?=\n\s+(?:for|labels):)", alerts, re.S):
        yield f"the alert {name}", expression


def findings(page, sources, dashboard, alerts):
    """Yields a sentence for each thing that does not go together."""
    known = table(page)
    made = set(re.findall(r'"(hookline_[a-z_]+)"', sources))
    for name in sorted(known.keys() - made):
        yield f"docs/operations.md has {name}, which nothing makes"
    for name in sorted(made - known.keys()):
        yield f"{name} is made, and docs/operations.md does not have it"
    for place, expression in expressions(dashboard, alerts):
        labels = {"job", "instance"}
        for name, matchers in SELECTOR.findall(expression):
            base = next((name[: -len(end)] for end in SUFFIXES if name.endswith(end) and name not in known), name)
            if base not in known:
                yield f"{place} asks for {name}, which is no metric"
                continue
            if base in OF_THE_STORE and place.startswith("the panel") and not re.search(rf"(max|min)( by \([^)]*\))? ?\({base}\{{", expression):
                yield f"{place} counts {base} once for each node that shares the store; ask for its max by job"
            labels |= known[base]
            for label in re.findall(r"(\w+)\s*(?:=~|!=|=|!~)\s*\"", matchers):
                if label not in known[base] | SCRAPED:
                    yield f"{place} asks for the label {label}, which {base} does not have"
        for group in GROUPS.findall(expression):
            for label in (label.strip() for label in group.split(",")):
                if label not in labels | SCRAPED:
                    yield f"{place} groups by {label}, which none of its metrics has"


def unanswered(alerts, runbook):
    """Yields a sentence for each alert that the runbook says nothing about, and for each that it made up."""
    alerts, headings = set(re.findall(r"- alert: (\w+)", alerts)), set(re.findall(r"^### (Hookline\w+)$", runbook, re.M))
    yield from (f"docs/runbook.md does not say what to do about {name}" for name in sorted(alerts - headings))
    yield from (f"docs/runbook.md has {name}, which is no alert" for name in sorted(headings - alerts))


def self_test():
    page = "| `hookline_a_total` | counter | `x` | words |\n| `hookline_b` | gauge | | words |\n"
    panel = {"title": "P", "targets": [{"expr": 'sum by (x) (hookline_a_total{y="1"}) + hookline_c + sum by (z) (hookline_b)'}]}
    alert = "      - alert: A\n        expr: >-\n          hookline_d > 0\n        for: 1m\n"
    found = list(findings(page, '"hookline_a_total" "hookline_e"', {"panels": [panel]}, alert))
    assert found == [
        "docs/operations.md has hookline_b, which nothing makes",
        "hookline_e is made, and docs/operations.md does not have it",
        "the panel 'P' asks for the label y, which hookline_a_total does not have",
        "the panel 'P' asks for hookline_c, which is no metric",
        "the panel 'P' groups by z, which none of its metrics has",
        "the alert A asks for hookline_d, which is no metric",
    ], found
    depth = "| `hookline_outbox_depth` | gauge | `state` | words |\n"
    panels = [{"title": str(place), "targets": [{"expr": expression}]} for place, expression in enumerate([
        'sum(hookline_outbox_depth{job="x"})', 'sum(max by (job, state) (hookline_outbox_depth{job="x"}))'])]
    found = list(findings(depth, '"hookline_outbox_depth"', {"panels": panels}, ""))
    assert found == [
        "the panel '0' counts hookline_outbox_depth once for each node that shares the store; ask for its max by job"
    ], found
    found = list(unanswered("      - alert: HooklineA\n      - alert: HooklineB\n", "### HooklineB\n\n### HooklineC\n"))
    assert found == ["docs/runbook.md does not say what to do about HooklineA", "docs/runbook.md has HooklineC, which is no alert"]


self_test()
sources = "\n".join(path.read_text() for path in sorted((ROOT / "Sources").rglob("*.swift")))
alerts = (ROOT / "deploy/prometheus-alerts.yaml").read_text()
dashboard = json.loads((ROOT / "deploy/grafana-dashboard.json").read_text())
problems = list(findings((ROOT / "docs/operations.md").read_text(), sources, dashboard, alerts))
problems += unanswered(alerts, (ROOT / "docs/runbook.md").read_text())
print("\n".join(problems) or "metrics: page, sources, dashboard, alerts and runbook go together")
sys.exit(1 if problems else 0)
