#!/usr/bin/env python3
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
"""Lets things go wrong beneath three nodes on one PostgreSQL while events come in, and accounts for each of them.

    Tests/Chaos/chaos.py HOOKLINE [--faults 200] [--events 100000] [--seed 1] [--kinds KIND,…] [--rate 150] [--keep FOLDER]
    Tests/Chaos/chaos.py HOOKLINE --small      # eight faults over some hundreds of events, whatever time they take
    Tests/Chaos/chaos.py --self-test           # the account finds what it is there to find

Everything is real and of this run's own, in a temporary folder: a primary with a standby that its commits wait for, PgBouncer
before one of the nodes, proxies that cut and swallow on the way to the database (wires.py), a sandbox for each of two accounts,
a front, and senders that repeat what was not taken (load.py). The faults (faults.py) come one after the other, each kind as
often as the others, in an order that the seed decides. In the end every event that got a 2xx has to be in the store once,
every message accounted for, and at the partner once, but where its timeline says that nobody could know (account.py). Ends
with 1 where that is not so, where a node crashed, or where something took longer than it may.
"""
import argparse, asyncio, collections, pathlib, random, shutil, subprocess, sys, tempfile, time, traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from account import Account, self_test
from cluster import HERE, LEASE, SECRET, Node, Pair, Partner, Pooler
from faults import KINDS
from load import Load
from wires import Front

# Seconds: of a killed node's messages until another has settled them; until all nodes take events again after a fault.
TAKEOVER, RECOVERY = LEASE + 10, 5
# Of `--small`: what is done within a minute or so.
SMALL = (
    "node-killed", "standby-promoted", "cut-after-a-commit", "backend-killed", "packets-dropped", "pooler-restarted",
    "connections-exhausted", "clock-ten-minutes-behind",
)  # fmt: skip
# How long a sender may wait for a 503: their patience ends at 10 s.
REFUSAL = 6


class World:
    """All that runs."""

    def __init__(self, folder, hookline, seed):
        self.folder, self.hookline = folder, hookline
        self.random = random.Random(seed)
        self.pair = Pair(folder)
        self.pooler = Pooler(folder / "pgbouncer.log")
        self.partners = {name: Partner(folder / f"{name}.log") for name in ("main", "second")}
        self.nodes = [Node(folder, number, hookline) for number in (1, 2, 3)]
        self.asynchronous = []  # From when to when a promotion may have lost something.
        self.takeovers = []
        self.recovery = None

    async def start(self):
        # Swift's toolchain has a clang where there is no other compiler.
        compiler = shutil.which("cc") or "clang"
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", self.folder / "clock.so", HERE / "clock.c", "-ldl"], check=True)
        await self.pair.start()
        await self.pooler.start(self.folder / "pooler", self.pair)
        for partner in self.partners.values():
            await partner.start(self.hookline)
            await partner.fault()
        for node in self.nodes:
            await node.configure(self.pair, self.partners, self.pooler if node.number == 3 else None)
            await node.start()

    async def stop(self):
        for program in [*self.nodes, *self.partners.values(), self.pooler]:
            try:
                await program.end()
            except RuntimeError as error:
                print(error, file=sys.stderr)
        await self.pair.stop()

    def a_node(self):
        return self.random.choice(self.nodes)

    def wires_to_primary(self):
        """What goes over a pooler's wire is the third node's work."""
        return [node.wires[self.pair.primary] for node in self.nodes[:2]] + [self.pooler.wire]

    async def until_taken_over(self, moment, began):
        """What was on its way at a moment of the database's has to be settled by somebody."""
        question = f"SELECT count(*) FROM hookline.leases WHERE claimed_at <= '{moment}'"
        while await self.pair.primary.sql(question, "chaos") != "0":
            if time.monotonic() - began > 4 * TAKEOVER:
                raise RuntimeError("nobody takes over what a killed node had claimed")
            await asyncio.sleep(0.2)
        self.takeovers.append(time.monotonic() - began)

    async def until_recovered(self):
        """From when the cause is gone until every node says that it is ready, which it is when its store takes writes."""
        began = time.monotonic()
        for node in self.nodes:
            while not await node.is_ready():
                if time.monotonic() > began + 90:
                    raise RuntimeError(f"node {node.number} does not become ready again")
                await asyncio.sleep(0.1)
        self.recovery = time.monotonic() - began

    async def until_drained(self):
        """Until nothing waits and nothing is on its way."""
        question = "SELECT (SELECT count(*) FROM hookline.waiting) + (SELECT count(*) FROM hookline.leases)"
        last, deadline = None, time.monotonic() + 180
        while (left := await self.pair.primary.sql(question, "chaos")) != "0":
            if left != last:
                last, deadline = left, time.monotonic() + 180
            if time.monotonic() > deadline:
                raise RuntimeError(f"{left} messages are never sent")
            await asyncio.sleep(0.5)


class Run:
    def __init__(self, world, options):
        self.world, self.options = world, options
        self.table = collections.defaultdict(list)  # Of each kind: how long nothing was taken, how long until all were well.
        self.failures = []

    def schedule(self):
        kinds = self.options.kinds or list(KINDS)
        while True:
            yield from self.world.random.sample(kinds, len(kinds))

    async def strike(self, kind, load):
        """Lets one fault happen, and waits until all is well."""
        world, began, slowest = self.world, time.monotonic(), load.slowest_refusal
        world.recovery = None
        await KINDS[kind](world)
        if kind == "node-stopped-past-its-lease":
            # What a process that stood still was asked before, it answers after.
            load.slowest_refusal = slowest
        if world.recovery is None:
            await world.until_recovered()
        await load.until_taken(3)
        gap = load.longest_gap(began, time.monotonic())
        self.table[kind].append((gap, world.recovery))
        return gap, world.recovery

    async def strike_all(self, load):
        began = time.monotonic()
        for number, kind in zip(range(1, self.options.faults + 1), self.schedule()):
            gap, recovery = await self.strike(kind, load)
            print(
                f"  {time.monotonic() - began:6.0f} s  fault {number:3}  {kind:32} nothing taken for {gap:5.2f} s, "
                f"all well after {recovery:5.2f} s, {len(load.taken)} events",
                flush=True,
            )

    async def run(self):
        world, options = self.world, self.options
        front = await Front(world.nodes).start()
        load = Load(front.port, SECRET, options.rate, options.seed)
        load.wanted = options.events
        sending = asyncio.create_task(load.run())
        try:
            await load.until_taken(20)
            await self.strike_all(load)
            load.is_over = True
            await sending
        finally:
            sending.cancel()
        print(f"  all {len(load.taken)} events are taken; until nothing waits", flush=True)
        await world.until_drained()
        received = [message for partner in world.partners.values() for message in await partner.received()]
        account = Account(load.taken, received, world.asynchronous)
        await account.hold(world.pair.primary)
        for node in world.nodes:
            await node.terminate()
        account.hold_logs(world.nodes)
        self.judge(load, account)
        self.tell(load, account)

    def judge(self, load, account):
        world, wrong = self.world, self.failures
        wrong += account.wrong
        wrong += [f"node {node.number} ended: {', '.join(node.ends)}" for node in world.nodes if node.ends]
        if load.odd:
            wrong.append(f"{len(load.odd)} answers that no sender should read: {'; '.join(load.odd[:5])}")
        if not self.options.small:
            wrong += self.too_slow(load)

    def too_slow(self, load):
        wrong, world = [], self.world
        if load.slowest_refusal > REFUSAL:
            wrong.append(f"a sender waited {load.slowest_refusal:.1f} s for a 503; at most {REFUSAL}")
        if max(world.takeovers, default=0) > TAKEOVER:
            wrong.append(f"a takeover took {max(world.takeovers):.1f} s; at most {TAKEOVER}")
        for kind, rows in self.table.items():
            if (slowest := max(recovery for _, recovery in rows)) > RECOVERY:
                wrong.append(f"{kind}: all were well after {slowest:.1f} s only; at most {RECOVERY}")
        return wrong

    def tell(self, load, account):
        print(f"\n{'fault':34} times  nothing taken for, at most  all well after, at most")
        for kind, rows in sorted(self.table.items()):
            gap, recovery = max(row[0] for row in rows), max(row[1] for row in rows)
            print(f"  {kind:32} {len(rows):5}  {gap:22.2f} s  {recovery:21.2f} s")
        if takeovers := self.world.takeovers:
            print(f"\ntakeover of a killed node's messages: {max(takeovers):.1f} s at most, of {TAKEOVER} (lease {LEASE} s)")
        answers = ", ".join(f"{answer}: {count}" for answer, count in sorted(load.answers.items(), key=str))
        print(f"answers: {answers}; {load.repeats} repeated; the slowest refusal took {load.slowest_refusal:.2f} s")
        for name, figure in account.figures.items():
            print(f"{name}: {figure}")
        given = self.options
        print(f"again: make chaos FAULTS={given.faults} EVENTS={given.events} SEED={given.seed} KINDS={','.join(given.kinds)}")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("hookline", nargs="?", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", type=lambda text: list(filter(None, text.split(","))), default=[], help=f"of {', '.join(KINDS)}")
    parser.add_argument("--rate", type=float, default=150, help="events a second")
    parser.add_argument("--small", action="store_true", help="a run for every day, which judges no times")
    parser.add_argument("--self-test", action="store_true", help="show that the account finds what is wrong")
    parser.add_argument("--keep", type=lambda path: pathlib.Path(path).resolve(), help="a folder for logs and databases, which is kept")
    options = parser.parse_args()
    if options.small:
        options.faults, options.events, options.kinds = len(SMALL), 400, list(SMALL)
    if unknown := set(options.kinds) - set(KINDS):
        parser.error(f"no such fault: {', '.join(unknown)}; expected some of {', '.join(KINDS)}")
    if not options.hookline and not options.self_test:
        parser.error("which hookline?")
    return options


async def main():
    options = arguments()
    if options.self_test:
        return self_test()
    folder = options.keep or pathlib.Path(tempfile.mkdtemp(prefix="hl-", dir="/tmp"))
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    world = World(folder, options.hookline, options.seed)
    run = Run(world, options)
    try:
        await world.start()
        await run.run()
    except Exception as error:
        traceback.print_exc()
        run.failures.append(f"the run itself: {error}")
    finally:
        await world.stop()
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    for failure in run.failures:
        print(f"chaos: {failure}", file=sys.stderr)
    return 1 if run.failures else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
