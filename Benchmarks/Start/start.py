#!/usr/bin/env python3
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
"""How long a service takes from its start until it is ready, over a store with many open digests and over an empty one.

    Benchmarks/Start/start.py HOOKLINE [--digests 100000] [--times 9]

Both are started in turns; the medians count. Each digest has three events of 4.6 kB, which is 1.4 GB for a hundred thousand.
Ends with 1 where the large store takes more than 200 ms longer.
"""
import argparse, http.client, os, pathlib, re, sqlite3, statistics, subprocess, sys, tempfile, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Pages"))
import pages

LIMIT = 200.0
LINE = '{"id": 1, "title": "Masala chai, 250 g", "quantity": 2, "price": "349.00", "sku": "CHAI-250"}'
PAYLOAD = '{"id": 1, "lines": [' + ",".join([LINE] * 46) + "]}"


def fill(folder, count):
    """Fills the tables as the store would, much faster: an event with an open digest that ends in a month."""
    database = sqlite3.connect(os.path.join(folder, "hookline.db"))
    now = int(time.time() * 1_000_000)
    due = now + 30 * 86_400 * 1_000_000
    database.executescript(
        f"""
        PRAGMA synchronous = OFF;
        BEGIN;
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
            INSERT INTO events (seq, id, source, type, time, received_at, disposition, message_count)
            SELECT i, printf('evt_%026d', i), 'shop', 'order.kind1', {now}, {now}, 'matched', 1 FROM n;
        INSERT INTO messages (seq, id, event, source, rule, account, state, reason, due_at, on_uncertain, ages_from, steps,
                created_at, updated_at, story, recipient)
            SELECT seq, printf('msg_%026d', seq), seq, 'shop', 'rule-1', '', 'scheduled', 'the rule matched', {due}, 'retry',
                {now}, 1, {now}, {now}, '["step",{now},null,"scheduled","the rule matched"]' || char(10),
                'phone:91' || (9800000000 + seq) FROM events;
        INSERT INTO digests (message, rule, recipient, key, mode, is_open, is_built, size, kept, version)
            SELECT seq, rule, recipient, '', 'live', 1, 0, 3, 3, 3 FROM messages;
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3)
            INSERT INTO digest_items (message, event, rule, joined_at, payload)
            SELECT seq, event, rule, created_at, CAST('{PAYLOAD}' AS BLOB) FROM messages, n;
        INSERT INTO message_counts (state, count) VALUES ('scheduled', {count});
        COMMIT;
        PRAGMA wal_checkpoint(TRUNCATE);
        """
    )
    database.close()
    return os.path.getsize(os.path.join(folder, "hookline.db")) >> 20


def start(hookline, folder):
    """Milliseconds until the service listens, and until it says that it is ready."""
    with open(os.path.join(folder, "log"), "w") as log:
        began = time.perf_counter()
        process = subprocess.Popen([hookline, "serve", "--config", "hookline.yaml"], cwd=folder, stdout=log, stderr=log)
        try:
            address = wait(lambda: re.search(r"admin: listening on (\S+)", pathlib.Path(log.name).read_text()), process, log)[1]
            listening = time.perf_counter() - began
            wait(lambda: is_ready(address), process, log)
            return listening * 1_000, (time.perf_counter() - began) * 1_000
        finally:
            process.terminate()
            process.wait()


def wait(found, process, log):
    """What is found within a minute, while the service runs."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        if value := found():
            return value
        time.sleep(0.001)
    sys.exit(f"the service did not start:\n{pathlib.Path(log.name).read_text()}")


def is_ready(address):
    connection = http.client.HTTPConnection(*address.rsplit(":", 1))
    connection.request("GET", "/readyz")
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status == 200


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("hookline")
    options.add_argument("--digests", type=int, default=100_000)
    options.add_argument("--times", type=int, default=9)
    given = options.parse_args()
    hookline = os.path.abspath(given.hookline)
    with tempfile.TemporaryDirectory() as parent:
        folders = [os.path.join(parent, name) for name in ("empty", "full")]
        for folder in folders:
            pages.prepare(hookline, folder)
        size = fill(folders[1], given.digests)
        taken = {folder: [] for folder in folders}
        for _ in range(given.times):
            for folder in folders:
                taken[folder].append(start(hookline, folder))
        ready = []
        for folder, name in zip(folders, ("an empty store", f"{given.digests} open digests, {size} MB")):
            listening, done = (statistics.median(values) for values in zip(*taken[folder]))
            ready.append(done)
            print(f"  {name}: listening after {listening:.0f} ms, ready after {done:.0f} ms")
    print(f"  longer until ready: {ready[1] - ready[0]:.0f} ms, of {LIMIT:.0f}; ÷ an empty store: {ready[1] / ready[0]:.2f}")
    sys.exit(1 if ready[1] - ready[0] > LIMIT else 0)


if __name__ == "__main__":
    main()
