#!/usr/bin/env python3
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
"""Renders the same templates with our Liquid and with python-liquid, and prints both rates and the ratio.

Rates are per second of processor time; the best of three alternating rounds counts.

    BENCHMARKS=1 swift build -c release --product LiquidBenchmark
    python3 Benchmarks/LiquidBenchmark/compare.py .build/release/LiquidBenchmark

python-liquid comes from PyPI into a virtual environment under .build (or $LIQUID_BENCHMARK_VENV).
"""

import json
import os
import pathlib
import subprocess
import sys
import time
import venv

HERE = pathlib.Path(__file__).resolve().parent
ROUNDS = 3
WORKLOAD = HERE / "workload.json"
VENV = pathlib.Path(os.environ.get("LIQUID_BENCHMARK_VENV", HERE.parent.parent / ".build" / "python-liquid"))


def measure_python_liquid():
    """Runs inside the virtual environment; prints one JSON line a template."""
    from liquid import Environment

    workload = json.loads(WORKLOAD.read_text())
    for entry in workload["templates"]:
        template = Environment().from_string(entry["template"])
        data, best = workload["data"], 0.0
        for _ in range(3):
            count, start = 0, time.process_time()
            while time.process_time() - start < 0.2:
                for _ in range(50):
                    template.render(**data)
                count += 50
            best = max(best, count / (time.process_time() - start))
        print(json.dumps({"name": entry["name"], "rate": best, "output": template.render(**data)}))


def lines(command):
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {line["name"]: line for line in map(json.loads, output.splitlines())}


def best(so_far, round):
    """Keeps the faster run of each template, so that a neighbour's load in one round does not count."""
    for name, line in round.items():
        if line["rate"] > so_far.get(name, {"rate": 0})["rate"]:
            so_far[name] = line


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if sys.argv[1] == "--python-liquid":
        return measure_python_liquid()
    python = VENV / "bin" / "python"
    if not python.exists():
        venv.create(VENV, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "python-liquid"], check=True)
    ours, theirs = {}, {}
    for _ in range(ROUNDS):
        best(theirs, lines([python, __file__, "--python-liquid"]))
        best(ours, lines([sys.argv[1], WORKLOAD, "--json"]))
    print(f"{'template':<22}{'ours/s':>12}{'µs':>8}{'python-liquid/s':>18}{'µs':>8}{'ratio':>8}")
    for name, line in ours.items():
        a, b = line["rate"], theirs[name]["rate"]
        print(f"{name:<22}{a:>12,.0f}{1e6 / a:>8.2f}{b:>18,.0f}{1e6 / b:>8.2f}{a / b:>7.1f}x")
        if line["output"] != theirs[name]["output"]:
            print(f"  outputs differ: {line['output']!r} and {theirs[name]['output']!r}")


if __name__ == "__main__":
    main()
