# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
"""Holds what senders were told against the store, and the store against what the partners received."""
import collections, datetime, re

from cluster import API_SECRET, PASSWORD, SECRET

EVENTS = """
    COPY (
        SELECT (convert_from(b.body, 'UTF8')::json ->> 'number')::int, count(e.id)
        FROM hookline.event_bodies b LEFT JOIN hookline.events e ON e.id = b.event GROUP BY 1
    ) TO STDOUT
"""
# Of each message: its number, its rule, its state, and whether its timeline says that nobody knew (docs/schema.md has its lines).
MESSAGES = r"""
    COPY (
        SELECT (convert_from(b.body, 'UTF8')::json ->> 'number')::int, m.rule, m.state,
            concat(m.went, s.lines) ~ '\t.u\t'
        FROM hookline.messages m JOIN hookline.event_bodies b ON b.event = m.event
            LEFT JOIN (
                SELECT message, string_agg(lines, '') AS lines FROM hookline.stories GROUP BY message
            ) s ON s.message = m.id
    ) TO STDOUT
"""
NUMBER = re.compile(r"(?<![0-9A-Za-z.])\+?(?:91)?98\d{8}(?!\d)")
CRASH = re.compile(r"Fatal error|Crash(ed)?:|Precondition failed|Segmentation|assertion|\*\*\* ", re.IGNORECASE)


class Account:
    """What came of all events."""

    def __init__(self, taken, received, asynchronous):
        self.taken, self.asynchronous = taken, asynchronous
        self.received = collections.defaultdict(list)
        for text, time in received:
            number = int(text.removeprefix("order "))
            self.received[number].append(datetime.datetime.fromisoformat(time.replace("Z", "+00:00")).timestamp())
        self.wrong = []
        self.figures = {}

    async def hold(self, server):
        self.compare(await server.sql(EVENTS, "chaos"), await server.sql(MESSAGES, "chaos"))

    def compare(self, events, messages):
        self.hold_events(dict(self.rows(events, 2)))
        self.hold_messages(self.rows(messages, 4))

    @staticmethod
    def rows(text, width):
        rows = [line.split("\t") for line in text.splitlines()]
        assert all(len(row) == width for row in rows)
        return [(int(row[0]), *row[1:]) for row in rows]

    def is_excused(self, number):
        """Whether an asynchronous standby may never have heard of what happened to it."""
        moments = [self.taken.get(number, 0), *self.received[number]]
        return any(begin <= moment <= end for moment in moments for begin, end in self.asynchronous)

    def note(self, what, numbers, strict=True):
        """Counts, and apart what the promotion of an asynchronous standby may have caused."""
        excused = [number for number in numbers if not strict and self.is_excused(number)]
        rest = sorted(set(numbers) - set(excused))
        self.figures[what] = len(rest)
        if excused:
            self.figures[f"{what}, by an asynchronous standby"] = len(excused)
        if rest:
            self.wrong.append(f"{len(rest)} {what}: orders {', '.join(map(str, rest[:10]))}")

    def hold_events(self, events):
        self.figures["events that got a 2xx"] = len(self.taken)
        self.note("lost events", [number for number in self.taken if number not in events], strict=False)
        self.note("events that are stored twice", [number for number, count in events.items() if count != "1"])

    def hold_messages(self, messages):
        found = collections.Counter(number for number, *_ in messages)
        stored = [number for number in self.taken if number in found]
        self.figures["messages in the store"] = len(messages)
        self.figures["messages at the partners"] = sum(map(len, self.received.values()))
        self.figures["by state"] = dict(collections.Counter(state for *_, state, _ in messages))
        missing = [number for number in self.taken if number not in found]
        self.note("events without their message", missing, strict=False)
        self.note("events with two messages", [number for number in stored if found[number] > 1])
        odd = [number for number, rule, state, _ in messages if state not in self.ends(rule)]
        self.note("messages that ended otherwise", odd)
        unsent = [number for number, _, state, _ in messages if state == "accepted" and not self.received[number]]
        self.note("messages that the partner never got", unsent)
        doubt = {number for number, _, _, doubt in messages if doubt == "t"}
        self.figures["messages that were uncertain"] = len(doubt)
        twice = {number for number, times in self.received.items() if len(times) > 1}
        self.figures["messages that came twice"] = len(twice)
        self.note("messages that came twice, and were never uncertain", twice - doubt, strict=False)
        held = {number for number, rule, *_ in messages if rule == "shipped"}
        self.note("messages that came twice although a person was to decide", twice & held, strict=False)
        self.note("messages that nobody ordered", set(self.received) - set(self.taken) - set(found))

    @staticmethod
    def ends(rule):
        return ("accepted", "uncertain") if rule == "shipped" else ("accepted",)

    def hold_logs(self, programs):
        """No crash, no phone number, no secret."""
        lines = numbers = secrets = crashes = 0
        for program in programs:
            for line in program.log.read_text(errors="replace").splitlines():
                lines += 1
                bad = bool(NUMBER.search(line)), any(word in line for word in (SECRET, API_SECRET, PASSWORD)), bool(CRASH.search(line))
                if any(bad):
                    self.wrong.append(f"{program.log.name}: {line[:300]}")
                numbers, secrets, crashes = numbers + bad[0], secrets + bad[1], crashes + bad[2]
        self.figures["lines of the nodes' logs"] = lines
        self.figures["with a phone number, a secret, a crash"] = f"{numbers}, {secrets}, {crashes}"


def self_test():
    """Shows that each thing that may be wrong is found, and nothing where all is well."""
    at = "1970-01-01T00:00:{:02}Z".format
    whole = ["1\t1", "2\t1"], ["1\tplaced\taccepted\tf", "2\tshipped\tuncertain\tt"], [("order 1", at(5))]
    doubt = ["1\tplaced\taccepted\tt", whole[1][1]]
    cases = [
        (None, *whole),
        (None, whole[0], doubt, whole[2] * 2),
        ("lost events", whole[0][:1], whole[1][:1], whole[2]),
        ("events that are stored twice", ["1\t2", "2\t1"], *whole[1:]),
        ("events without their message", whole[0], whole[1][:1], whole[2]),
        ("events with two messages", whole[0], whole[1][:1] + whole[1], whole[2]),
        ("messages that ended otherwise", whole[0], ["1\tplaced\tfailed\tf", whole[1][1]], whole[2]),
        ("messages that the partner never got", *whole[:2], []),
        ("messages that came twice, and were never uncertain", *whole[:2], whole[2] * 2),
        ("messages that came twice although a person was to decide", *whole[:2], whole[2] + [("order 2", at(6))] * 2),
        ("messages that nobody ordered", *whole[:2], whole[2] + [("order 3", at(6))]),
    ]
    for expected, events, messages, received in cases:
        account = Account({1: 1.0, 2: 2.0}, received, [])
        account.compare("\n".join(events), "\n".join(messages))
        found = [sentence.split(":")[0].split(" ", 1)[1] for sentence in account.wrong]
        assert (expected in found) if expected else not found, (expected, found)
    excused = Account({1: 1.0, 2: 2.0}, whole[2], [(1.5, 3.0)])
    excused.compare(whole[0][0], whole[1][0])
    assert not excused.wrong and excused.figures["lost events, by an asynchronous standby"] == 1
    for line in ("to 919812345678", "+919812345678", "Fatal error: x", f"key {SECRET}"):
        assert NUMBER.search(line) or CRASH.search(line) or SECRET in line, line
    assert not NUMBER.search("evt_01HF98123456789 2026-11-28T06:40:39+0000 code=failed")
    print("chaos: the account finds what is wrong")
    return 0
