#!/usr/bin/env python3
"""How long `hookline rules check` takes for 10,000 rules, and its ratio to another build of the same day.

    Benchmarks/RulesCheck/compare.py .build/release/hookline [OTHER_HOOKLINE]

The rules are generated: 100 files of 100 rules, each with conditions, names, four filters and values of its own. Runs of
the two builds alternate, so that both meet the same machine; the best of each counts.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

FILES, RULES, ROUNDS = 100, 100, 5

RULE = """  - name: rule-{file}-{rule}
    event: [order.{rule}, "invoice.*"]
    match:
      order.status: [paid, authorized]
      order.total: [{{gte: {rule}}}]
      items: {{sku: [{{prefix: "TEA-{rule}-"}}]}}
    let: {{amount: "{{{{ order.total | minor_units: order.currency }}}}"}}
    once_per: ["{{{{ order.id }}}}", "{file}-{rule}"]
    to: {{phone: ["{{{{ shipping.phone }}}}", "{{{{ billing.phone }}}}"], country: "{{{{ shipping.country }}}}"}}
    send:
      template: order_{rule}
      variables:
        1: "{{{{ customer.name | default: 'there' | truncate: {length} }}}}"
        2: "{{{{ amount | money: 'INR', 'en_IN' }}}}"
        3: "{{{{ order.created_at | date: '%d %B %Y', 'Asia/Kolkata' }}}}"
        4: "{{% if order.note %}}{{{{ order.note | append: ' ({rule})' }}}}{{% else %}}none{{% endif %}}"
"""


def write(folder: Path) -> None:
    for file in range(FILES):
        rules = "".join(RULE.format(file=file, rule=rule, length=20 + rule) for rule in range(RULES))
        (folder / f"{file:03}.yaml").write_text(f"version: 1\nsource: shop-{file}\nrules:\n{rules}")


def seconds(binary: str, folder: str) -> float:
    start = time.monotonic()
    done = subprocess.run([binary, "rules", "check", folder], capture_output=True, text=True, check=True)
    assert "10000 rules are fine" in done.stdout, done.stdout[-500:]
    return time.monotonic() - start


def main(binaries: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder))
        best = {binary: float("inf") for binary in binaries}
        for _ in range(ROUNDS):
            for binary in binaries:
                best[binary] = min(best[binary], seconds(binary, folder))
    for binary, time_taken in best.items():
        print(f"{time_taken:8.2f} s  {binary}  ({time_taken / best[binaries[-1]]:.2f} of the last)")


if __name__ == "__main__":
    main(sys.argv[1:] or [".build/release/hookline"])
