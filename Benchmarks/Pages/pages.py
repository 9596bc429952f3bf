#!/usr/bin/env python3
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
"""How long lists, searches, counts and pages of the admin API and the console take over a large store.

    Benchmarks/Pages/pages.py HOOKLINE [--rows 1000000] [--times 40] [--viewers 200]

Two services of this machine in turn: one over a thousand events with a message each, which is the baseline, and one over so many.
Each address is asked so many times over one connection, with other values each time; the 95th percentile of the milliseconds from
request to answer counts. Then so many viewers look on at the large store's console for half a minute, while an event comes every
other second, so that all have something to be told; the processor time of the service counts, less that of the same half minute with
nobody there. Ends with 1 where an address of the large store takes longer than 50 ms, or the viewers more than a twentieth of a core.
"""
import argparse, http.client, json, os, random, re, selectors, socket, sqlite3, subprocess, sys, tempfile, time, urllib.parse

LIMIT = 50.0
# Of a core, for all viewers together; seconds for which they look on.
VIEWERS_LIMIT, VIEWED = 0.05, 30
STATES = ["accepted"] * 970 + ["failed"] * 10 + ["suppressed"] * 10 + ["cancelled"] * 5 + ["scheduled"] * 3 + ["uncertain"] * 2
CONFIGURATION = """\
listen: 127.0.0.1:0
admin: {listen: 127.0.0.1:0, rate: 60000/s}
store: sqlite:hookline.db
rules: rules
sources:
  shop: {preset: generic, verify: {scheme: none}, country: IN, event_type: body.type, event_id: body.id}
accounts:
  main: {base_url: "http://127.0.0.1:9/api", api_key: pk_bench, api_secret: sk_bench}
"""
RULE = """\
version: 1
source: shop
rules:
"""


class Service:
    """`hookline serve` in a folder of its own, and a connection to its inner listener."""

    def __init__(self, hookline, folder):
        self.hookline, self.folder = hookline, folder

    def __enter__(self):
        self.log = open(os.path.join(self.folder, "log"), "w+")
        self.process = subprocess.Popen(
            [self.hookline, "serve", "--config", "hookline.yaml"], cwd=self.folder, stdout=self.log, stderr=self.log
        )
        deadline = time.monotonic() + 60
        while not (found := re.search(r"admin: listening on (\S+)", self.text())):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                sys.exit(f"the service did not start:\n{self.text()}")
            time.sleep(0.02)
        host, port = found[1].rsplit(":", 1)
        self.admin = (host, int(port))
        self.connection = http.client.HTTPConnection(*self.admin)
        return self

    def __exit__(self, *_):
        self.connection.close()
        self.process.terminate()
        self.process.wait()
        self.log.close()

    def text(self):
        with open(self.log.name) as log:
            return log.read()

    def seconds(self):
        """Of processor time, user and system, since it began."""
        with open(f"/proc/{self.process.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def post(self, number):
        """An event of the only source, for which a rule has a message."""
        host, port = re.search(r"(?<!admin: )listening on (\S+)", self.text())[1].rsplit(":", 1)
        connection = http.client.HTTPConnection(host, int(port))
        body = json.dumps({"type": "order.kind1", "id": f"viewed-{number}", "phone": "919845061237"})
        connection.request("POST", "/hooks/shop", body, {"Content-Type": "application/json"})
        status = connection.getresponse().status
        connection.close()
        if status not in (200, 202):
            sys.exit(f"an event was answered with {status}")

    def ask(self, path, headers, method="GET", body=None):
        """Milliseconds, status, headers, bytes."""
        began = time.perf_counter()
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        read = answer.read()
        return (time.perf_counter() - began) * 1_000, answer.status, answer.headers, read


def prepare(hookline, folder):
    os.makedirs(os.path.join(folder, "rules"))
    with open(os.path.join(folder, "hookline.yaml"), "w") as file:
        file.write(CONFIGURATION)
    with open(os.path.join(folder, "rules", "shop.yaml"), "w") as file:
        file.write(RULE)
        for number in range(20):
            file.write(f'  - {{name: rule-{number}, event: order.kind{number}, to: "{{{{ phone }}}}", send: {{text: "Order {{{{ id }}}}"}}}}\n')
    with Service(hookline, folder):
        pass
    made = subprocess.run(
        [hookline, "tokens", "create", "--config", "hookline.yaml", "--name", "bench", "--scope", "admin", "--pii", "--json"],
        cwd=folder, check=True, capture_output=True, text=True,
    )
    return json.loads(made.stdout)["token"]


def fill(folder, rows):
    """Fills the tables as the store would, much faster: a message for each event."""
    database = sqlite3.connect(os.path.join(folder, "hookline.db"))
    columns = {row[1] for row in database.execute("PRAGMA table_info(messages)")}
    assert {"recipient", "arrival", "key", "once_key"} <= columns, "the schema has changed: this benchmark writes rows by hand"
    draw = random.Random(2026)
    month = 30 * 86_400_000_000
    begin = int(time.time() * 1e6) - month
    phones = [f"9198{draw.randrange(10**8):08}" for _ in range(max(rows // 10, 10))]
    counts = {}

    def events():
        for seq in range(1, rows + 1):
            at = begin + month * seq // (rows + 1)
            # One in a thousand is from a source of its own, and three of a type that nothing else has are the oldest.
            source, kind = "till" if seq % 1_000 == 1 else "shop", "order.rare" if seq <= 3 else f"order.kind{seq % 20}"
            yield (seq, f"evt_{seq:012}", source, kind, at, at, "matched", 1)

    def messages():
        for seq in range(1, rows + 1):
            at, state, number = begin + month * seq // (rows + 1), draw.choice(STATES), seq % 20
            counts[state] = counts.get(state, 0) + 1
            due = at + 12 * month if state == "scheduled" else None
            story = json.dumps(["step", at, None, state, "the rule matched"]) + "\n"
            partner = f"wamid.{seq:024}" if state == "accepted" else None
            yield (
                seq, f"msg_{seq:012}", seq, "till" if seq % 1_000 == 1 else "shop", f"rule-{number}", "main", state, "the rule matched", due, "retry", at, 1, at, at,
                story, "phone:" + draw.choice(phones), partner, f"order {seq}", f"order {seq}",
            )

    database.executescript("PRAGMA synchronous = OFF; PRAGMA cache_size = -200000;")
    with database:
        database.executemany(
            "INSERT INTO events (seq, id, source, type, time, received_at, disposition, message_count) VALUES (?,?,?,?,?,?,?,?)",
            events(),
        )
        database.executemany("INSERT INTO event_bodies (event, headers, body) VALUES (?, '{}', ?)", (
            (seq, json.dumps({"type": f"order.kind{seq % 20}", "id": seq, "phone": phones[seq % len(phones)]}).encode())
            for seq in range(1, rows + 1)
        ))
        database.executemany(
            """INSERT INTO messages (seq, id, event, source, rule, account, state, reason, due_at, on_uncertain, ages_from, steps,
            created_at, updated_at, story, recipient, partner_id, key, once_key) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)""",
            messages(),
        )
        database.executemany(
            "INSERT INTO message_requests (message, request) VALUES (?, ?)",
            ((seq, json.dumps({"to": "919845061237", "type": "text", "text": {"body": f"Order {seq}"}})) for seq in range(1, rows + 1)),
        )
        database.executemany("INSERT OR REPLACE INTO message_counts (state, count) VALUES (?, ?)", counts.items())
    database.close()
    return phones


def addresses(rows, phones):
    """Name, and what makes an address of it."""
    draw = random.Random(7)
    pick = lambda: draw.randrange(1, rows + 1)
    quote = urllib.parse.quote
    api, page = "/api/v1", "/console"
    kinds = {
        "messages": lambda: f"{api}/messages?limit=50",
        "messages by state": lambda: f"{api}/messages?state={draw.choice(['accepted', 'failed', 'scheduled', 'uncertain'])}",
        "messages by rule": lambda: f"{api}/messages?rule=rule-{draw.randrange(20)}",
        "messages by rule and state": lambda: f"{api}/messages?rule=rule-{draw.randrange(20)}&state=failed",
        "messages to a number": lambda: f"{api}/messages?to={quote('+' + draw.choice(phones))}",
        "messages by key": lambda: f"{api}/messages?key={quote(f'order {pick()}')}",
        "messages of an event": lambda: f"{api}/messages?event=evt_{pick():012}",
        "messages of nobody": lambda: f"{api}/messages?to=%2B919999999999",
        "messages of a rule that is not there": lambda: f"{api}/messages?rule=nobody",
        "messages of a source that is not there": lambda: f"{api}/messages?source=nobody",
        "messages of a source with few events": lambda: f"{api}/messages?source=till",
        "messages that failed of a source with few events": lambda: f"{api}/messages?source=till&state=failed",
        "messages since tomorrow": lambda: f"{api}/messages?since={time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(time.time() + 86_400 * 3))}",
        "messages since yesterday": lambda: f"{api}/messages?since={time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(time.time() - 86_400))}",
        "messages before a month ago": lambda: f"{api}/messages?until={time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(time.time() - 86_400 * 29))}",
        "count of messages": lambda: f"{api}/messages/count",
        "count by rule": lambda: f"{api}/messages/count?rule=rule-{draw.randrange(20)}",
        "a message": lambda: f"{api}/messages/msg_{pick():012}",
        "events": lambda: f"{api}/events?limit=50",
        "events by type": lambda: f"{api}/events?type=order.kind{draw.randrange(20)}",
        "events of a type that never came": lambda: f"{api}/events?type=order.never",
        "events of a rare type": lambda: f"{api}/events?type=order.rare",
        "events of a rare type of a source": lambda: f"{api}/events?type=order.rare&source=shop",
        "events of a source with few": lambda: f"{api}/events?source=till&type=order.never",
        "events to a number": lambda: f"{api}/events?to={quote('+' + draw.choice(phones))}",
        "an event": lambda: f"{api}/events/evt_{pick():012}",
        "events of a secret that signed nothing": lambda: f"{api}/events?secret=NONE",
        "a source's secrets": lambda: f"{api}/sources/shop/secrets",
        "page: overview": lambda: f"{page}/overview",
        "page: messages": lambda: f"{page}/messages",
        "page: messages that failed": lambda: f"{page}/messages?state=failed",
        "page: messages to a number": lambda: f"{page}/messages?to={quote('+' + draw.choice(phones))}",
        "page: a message": lambda: f"{page}/messages/msg_{pick():012}",
        "page: events": lambda: f"{page}/events",
        "page: an event": lambda: f"{page}/events/evt_{pick():012}",
        "page: a source": lambda: f"{page}/sources/shop",
        "page: access": lambda: f"{page}/access",
        "page: rules": lambda: f"{page}/rules",
        "page: a rule": lambda: f"{page}/rules/rule-{draw.randrange(20)}",
    }
    return kinds


def sign_in(service, token):
    body = urllib.parse.urlencode({"token": token})
    _, status, headers, _ = service.ask(
        "/console/login", {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}, "POST", body
    )
    cookie = (headers["Set-Cookie"] or "").split(";")[0]
    if not cookie:
        sys.exit(f"the console let nobody in: {status}")
    return cookie


def look_on(service, cookie, count):
    """Processor seconds a second with so many viewers and with none, and the updates that a viewer was sent."""
    viewers, selector, updates = [], selectors.DefaultSelector(), 0
    for _ in range(count):
        viewer = socket.create_connection(service.admin)
        viewer.sendall(f"GET /console/live HTTP/1.1\r\nHost: {service.admin[0]}\r\nCookie: {cookie}\r\n\r\n".encode())
        viewers.append(viewer)
        selector.register(viewer, selectors.EVENT_READ)

    def half_minute(first):
        nonlocal updates
        began, before, posted = time.monotonic(), service.seconds(), 0
        while (now := time.monotonic() - began) < VIEWED:
            if now >= 2 * posted:
                service.post(first + posted)
                posted += 1
            for key, _ in selector.select(0.1):
                if not (read := key.fileobj.recv(65_536)):
                    sys.exit("a viewer was sent away")
                if b" 200 " not in read[:20] and read.startswith(b"HTTP/"):
                    sys.exit(f"a viewer was answered {read[:40]}")
                updates += read.count(b"\nid:") + read.startswith(b"id:")
        return (service.seconds() - before) / VIEWED

    half_minute(0)
    updates = 0
    with_viewers = half_minute(1_000)
    for viewer in viewers:
        selector.unregister(viewer)
        viewer.close()
    return with_viewers, half_minute(2_000), updates / count


def measure(hookline, rows, times, viewers=0):
    with tempfile.TemporaryDirectory() as folder:
        token = prepare(hookline, folder)
        phones = fill(folder, rows)
        with Service(hookline, folder) as service:
            headers = {"Authorization": "Bearer " + token, "Cookie": sign_in(service, token)}
            figures = {}
            for name, make in addresses(rows, phones).items():
                taken, size = [], 0
                for number in range(times + 3):
                    milliseconds, status, _, body = service.ask(make(), headers)
                    if status != 200:
                        figures[name] = f"answered {status}"
                        break
                    size = max(size, len(body))
                    if number >= 3:
                        taken.append(milliseconds)
                else:
                    taken.sort()
                    figures[name] = (taken[len(taken) // 2], taken[int(len(taken) * 0.95)], size)
            return figures, look_on(service, headers["Cookie"], viewers) if viewers else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("hookline")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--viewers", type=int, default=200)
    options = parser.parse_args()
    hookline = os.path.realpath(options.hookline)
    small, _ = measure(hookline, 1_000, options.times)
    large, viewed = measure(hookline, options.rows, options.times, options.viewers)
    print(f"{'address':40} {'p50 ms':>8} {'p95 ms':>8} {'kB':>6}   {'of 1,000: p95':>13} {'ratio':>6}")
    slow = []
    for name, figure in large.items():
        if isinstance(figure, str) or isinstance(small[name], str):
            print(f"{name:40} {figure if isinstance(figure, str) else small[name]}")
            slow.append(name)
            continue
        (p50, p95, size), base = figure, small[name][1]
        print(f"{name:40} {p50:8.1f} {p95:8.1f} {size / 1_000:6.0f}   {base:13.1f} {p95 / base:6.1f}")
        if p95 > LIMIT:
            slow.append(name)
    if slow:
        print(f"over {LIMIT:.0f} ms, or no answer: " + ", ".join(slow))
    cost = 0
    if viewed:
        cost = viewed[0] - viewed[1]
        print(f"{options.viewers} viewers, {viewed[2]:.0f} updates each in {VIEWED} s: {viewed[0]:.2%} of a core, {viewed[1]:.2%} without them")
        if cost > VIEWERS_LIMIT:
            print(f"the viewers cost {cost:.2%} of a core, more than {VIEWERS_LIMIT:.0%}")
    if slow or cost > VIEWERS_LIMIT:
        sys.exit(1)


if __name__ == "__main__":
    main()
