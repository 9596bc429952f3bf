#!/usr/bin/env python3
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
"""What binds first from ten messages a day to a thousand million: a day played hour by hour, with what was measured here.

    Benchmarks/Scale/scale.py [--self-test] [--day COUNT] [--SOMETHING VALUE …]

A day has a shape (SHAPE: shares of the hours, a shop's day in one time zone) and a burst: the busiest second of an hour brings
so many times its mean. What comes waits in a queue per number of the sender's; the partner takes so many a second of each. The
table of docs/scale.md is what this prints with its defaults; every default says where it was measured, or that it was not.
"""
import argparse, json, math, pathlib, sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# What a message costs on PostgreSQL, as `postgres.py --keep` measured it last.
COST = json.loads((ROOT / "Benchmarks/PostgresBenchmark/measured.json").read_text())

# Shares of a day's messages in the hours of a shop's clock; the sum is 1.
SHAPE = [
    0.010, 0.006, 0.004, 0.003, 0.004, 0.008, 0.018, 0.032, 0.048, 0.062, 0.072, 0.076,
    0.072, 0.064, 0.060, 0.058, 0.058, 0.062, 0.070, 0.074, 0.064, 0.042, 0.022, 0.011,
]  # fmt: skip
MEASURED = {
    # name: (value, unit, where from)
    "number-rate": (80.0, "messages/s a sender's number may send", "Meta, throughput of a number; 20 in coexistence"),
    "burst": (5.0, "times the mean of an hour in its busiest second", "an assumption; change it"),
    "node-cpu": (250e-6, "s of a core an event costs a node", "about what Benchmarks/README.md has with SQLite; not measured with PostgreSQL"),
    "node-cores": (2.0, "cores of a node", "the machine of the figures"),
    "store-rate": (4_500.0, "events/s accepted, claimed and settled by one connection", "PostgresBenchmark, batch 32, builds beside it"),
    "wal": (float(COST["log_bytes"]), "bytes of the log a message", "PostgresBenchmark, measured.json"),
    "disk": (float(COST["disk_bytes"]), "bytes on disk a message", "PostgresBenchmark, measured.json"),
    "body": (float(COST["body_bytes"]), "bytes of an event's body", "what the two figures before were measured with"),
    "retention": (90.0, "days an event is kept", "`retention`, its default"),
    "vacuum": (1_000.0, "dead rows of `waiting` or `leases` that start a vacuum", "the tables' own setting"),
    "used": (0.6, "share of a limit that should be used at most", "queues get long beyond it"),
}

DAYS = [10**power for power in range(1, 10)]


def play(day, rate, burst):
    """A day's queue before the partner: the longest wait in seconds, and what is left at midnight.

    Within an hour the busiest tenth of its seconds brings `burst` times the mean, the others the rest.
    """
    waiting = longest = 0.0
    for share in SHAPE:
        mean = day * share / 3_600
        # A burst of more than ten times the mean would leave less than nothing for the other seconds.
        high = min(burst, 10.0) * mean
        low = (mean - 0.1 * high) / 0.9
        for seconds, arrivals in ((360, high), (3_240, low)):
            end = waiting + (arrivals - rate) * seconds
            longest = max(longest, max(waiting, end) / rate)
            waiting = max(0.0, end)
    return longest, waiting


def numbers_for(day, values, wait=60.0):
    """So many numbers of the sender's that nobody waits longer than that."""
    low, high = 1, 1
    while play(day, high * values["number-rate"], values["burst"])[0] > wait:
        low, high = high, high * 2
    while low < high:
        middle = (low + high) // 2
        if play(day, middle * values["number-rate"], values["burst"])[0] > wait:
            low = middle + 1
        else:
            high = middle
    return high


def plan(day, values):
    """What a day of so many messages needs."""
    mean, peak = day / 86_400, day * max(SHAPE) / 3_600 * values["burst"]
    store = values["store-rate"] * values["used"]
    node = values["node-cores"] / values["node-cpu"] * values["used"]
    return {
        "day": day,
        "mean": mean,
        "peak": peak,
        "numbers": numbers_for(day, values),
        "nodes": max(1, math.ceil(peak / node)),
        "shards": max(1, math.ceil(peak / store)),
        "log": day * values["wal"],
        "disk": day * values["disk"] * values["retention"],
        "rows": day * values["retention"],
        # A message leaves a dead row in `waiting` and one in `leases`.
        "vacuums": 2 * day / values["vacuum"] / 24,
    }


def binds(found, values):
    """What is the first limit that one of everything meets."""
    limits = {
        "nothing": 0.0,
        "the sender's number": found["peak"] / values["number-rate"],
        "a node": found["peak"] / (values["node-cores"] / values["node-cpu"] * values["used"]),
        "one primary": found["peak"] / (values["store-rate"] * values["used"]),
    }
    name, share = max(limits.items(), key=lambda item: item[1])
    return name if share > 1 else "nothing"


def size(count):
    for unit in ("B", "kB", "MB", "GB", "TB", "PB"):
        if count < 1_000:
            return f"{count:.0f} {unit}" if count >= 10 or unit == "B" else f"{count:.1f} {unit}"
        count /= 1_000
    return f"{count:.0f} EB"


def table(days, values):
    """The lines of a table, a day each."""
    yield "| messages a day | mean/s | peak/s | binds first | numbers | nodes | primaries | log a day | kept | rows kept | vacuums an hour |"
    yield "|---|---|---|---|---|---|---|---|---|---|---|"
    for day in days:
        found = plan(day, values)
        yield (
            f"| {day:,} | {found['mean']:,.2f} | {found['peak']:,.1f} | {binds(found, values)} | {found['numbers']:,} "
            f"| {found['nodes']} | {found['shards']} | {size(found['log'])} | {size(found['disk'])} | {found['rows']:,.0f} "
            f"| {found['vacuums']:,.1f} |"
        )


def self_test():
    values = {name: value for name, (value, _, _) in MEASURED.items()}
    assert abs(sum(SHAPE) - 1) < 1e-9, sum(SHAPE)
    # Nothing waits where the partner is quicker than the busiest second, and all of it where it takes nothing like that.
    assert play(1_000, 80, 5) == (0.0, 0.0)
    longest, left = play(86_400 * 80 * 2, 80, 1)
    assert left > 86_400 * 80 * 0.5 and longest > 3_600
    # What is left over is what came less what was taken, where it is never idle.
    day = 86_400 * 1_000
    assert abs(play(day, 1, 1)[1] - (day - 86_400)) < 1e-3
    for day in (10, 10**5, 10**7, 10**9):
        count = numbers_for(day, values)
        assert play(day, count * 80, values["burst"])[0] <= 60
        assert count == 1 or play(day, (count - 1) * 80, values["burst"])[0] > 60
    page = (ROOT / "docs/scale.md").read_text()
    assert "\n".join(table(DAYS, values)) in page, "docs/scale.md has another table than this prints"
    log, disk = (f"{COST[name] / 1_000:.1f} kB" for name in ("log_bytes", "disk_bytes"))
    assert page.count(f"{log} a message") == 1 and f"{log} of the log" in page, f"docs/scale.md does not say {log}"
    postgres = (ROOT / "docs/postgres.md").read_text()
    assert f"{log}; {disk} |" in postgres and f"That is {log}" in postgres, f"docs/postgres.md does not say {log} and {disk}"
    print("scale: the self-test passed")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("--day", type=int, action="append", help="messages a day; may be repeated")
    for name, (value, unit, source) in MEASURED.items():
        parser.add_argument(f"--{name}", type=float, default=value, help=f"{unit} (%(default)s: {source})")
    options = vars(parser.parse_args())
    if options["self_test"]:
        return self_test()
    values = {name: options[name.replace("-", "_")] for name in MEASURED}
    if wrong := [name for name, value in values.items() if value <= 0]:
        sys.exit(f"{wrong[0]} is {values[wrong[0]]}; expected more than 0")
    print("\n".join(table(options["day"] or DAYS, values)))


if __name__ == "__main__":
    main()
