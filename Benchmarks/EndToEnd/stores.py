#!/usr/bin/env python3
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
"""The whole service on PostgreSQL beside the whole service on SQLite: one node, the same load, in turns.

    Benchmarks/EndToEnd/stores.py BENCHMARK [--events 20000] [--rounds 5] [--folder FOLDER]

`BENCHMARK` is the built EndToEndBenchmark. The server is this run's own, on a socket in a temporary folder, with the settings of
PostgresBenchmark/postgres.py. Medians count. Ends with 1 where PostgreSQL has less than half of SQLite's rate.
"""
import argparse, pathlib, statistics, subprocess, sys, tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "PostgresBenchmark"))
import postgres

REACH = 0.5


def measure(benchmark, events, folder, store=None):
    """Events accepted and delivered a second, and microseconds of the service's processor time for each."""
    command = [benchmark, "--only", "service", "--rounds", "1", "--events", str(events), "--folder", folder]
    done = subprocess.run([*command, *(["--store", store] if store else [])], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    rows = [line.split() for line in done.stdout.splitlines() if line.split()[:1] in (["round"], ["median"])]
    head = " ".join(rows[0]).replace("echo µs", "echo-µs").replace("service µs", "service-µs").split()
    found = dict(zip(head, rows[-1]))
    return float(found["accepted/s"]), float(found["delivered/s"]), float(found["service-µs"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("benchmark", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", default=None)
    options = parser.parse_args()
    found = {"SQLite": [], "PostgreSQL": []}
    with tempfile.TemporaryDirectory(dir=options.folder, prefix="hl-") as folder:
        folder = pathlib.Path(folder)
        folder.chmod(0o755)
        with postgres.Server(folder / "primary") as server:
            for _ in range(options.rounds):
                found["SQLite"].append(measure(options.benchmark, options.events, folder))
                with server.database() as database:
                    store = server.address(database)
                    found["PostgreSQL"].append(measure(options.benchmark, options.events, folder, store))
    medians = {name: [statistics.median(column) for column in zip(*rows)] for name, rows in found.items()}
    print(f"{options.events} events, a message each, one node, medians of {options.rounds} rounds in turns:")
    print(f"  {'':10}  accepted/s  delivered/s  µs of the service's processor time for each")
    for name, (accepted, delivered, time) in medians.items():
        print(f"  {name:10}  {accepted:10,.0f}  {delivered:11,.0f}  {time:6.1f}")
    ratios = [ours / theirs for ours, theirs in zip(medians["PostgreSQL"], medians["SQLite"])]
    print(f"  PostgreSQL ÷ SQLite: accepted {ratios[0]:.2f}, delivered {ratios[1]:.2f} (reach {REACH}), time {ratios[2]:.2f}")
    return 1 if ratios[1] < REACH else 0


if __name__ == "__main__":
    sys.exit(main())
