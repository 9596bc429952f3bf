#!/usr/bin/env python3
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
"""The store on PostgreSQL: what a batch of events costs beside pgbench with the same statements, and with what goes wrong.

    Benchmarks/PostgresBenchmark/postgres.py BENCHMARK [--events 12800] [--batch 32] [--rounds 5] [--scheduled 1000000]
        [--held SECONDS] [--only cost|held] [--keep] [--folder FOLDER]

`BENCHMARK` is the built PostgresBenchmark. Servers of this run's own stand in a temporary folder, on sockets there, as
PostgreSQL's defaults are but for the lines of SETTINGS. Whatever is compared runs in turns; medians count. Ends with 1 where a
ratio is short of what it has to reach. `--keep` writes what a message costs into measured.json, by which Benchmarks/Scale/scale.py
reckons; log and disk do not depend on how fast the machine or the build is.
"""
import argparse, contextlib, json, os, pathlib, pwd, shutil, statistics, subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent
PROGRAMS = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
SETTINGS = ["listen_addresses = ''", "shared_buffers = 256MB", "max_wal_size = 4GB"]
# How the store has its statements planned; pgbench has them planned likewise.
PLANS = "-c plan_cache_mode=force_generic_plan -c jit=off " + " ".join(
    f"-c enable_{kind}=off" for kind in ("seqscan", "bitmapscan", "hashjoin", "mergejoin")
)
REACH = {"pgbench": 0.7, "held": 0.9, "standby": 0.6, "scheduled": 0.9, "hot": 0.95}
# Bytes of the log a message; said, and no reason to fail: it was wanted of a message without its event.
WANTED = 2_600


def as_postgres():
    """What a command needs so that PostgreSQL, which refuses to be root, runs as somebody else."""
    if os.getuid():
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"]


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", **options)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


class Server:
    """A PostgreSQL in a folder of its own."""

    def __init__(self, folder, *settings, of=None):
        self.folder, self.data, self.settings, self.of = folder, folder / "data", settings, of

    def __enter__(self):
        self.folder.mkdir()
        if not os.getuid():
            shutil.chown(self.folder, "postgres", "postgres")
        if self.of:
            self.program("pg_basebackup", "-h", self.of.folder, "-U", "hookline", "-D", self.data, "-R", "-c", "fast")
        else:
            self.program("initdb", "-D", self.data, "-U", "hookline", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        with open(self.data / "postgresql.conf", "a") as file:
            file.write("\n".join([*SETTINGS, f"unix_socket_directories = '{self.folder}'", *self.settings, ""]))
        self.program("pg_ctl", "-D", self.data, "-l", self.data / "log", "-w", "-t", "60", "start")
        return self

    def __exit__(self, *_):
        self.program("pg_ctl", "-D", self.data, "-m", "immediate", "stop")

    def program(self, name, *arguments):
        return run(*as_postgres(), PROGRAMS / name, *arguments)

    def sql(self, text, database="postgres"):
        command = [PROGRAMS / "psql", "-h", self.folder, "-U", "hookline", "-d", database, "-AtXq", "-v", "ON_ERROR_STOP=1"]
        return run(*command, input=text).strip()

    @contextlib.contextmanager
    def database(self):
        name = f"bench_{time.monotonic_ns()}"
        self.sql(f"CREATE DATABASE {name}")
        try:
            yield name
        finally:
            self.sql(f"DROP DATABASE {name} WITH (FORCE)")

    def address(self, database):
        return f"postgres://hookline@/{database}?host={self.folder}"


class Bench:
    def __init__(self, program, events, batch):
        self.program, self.events, self.batch = program, events, batch

    def ours(self, server, database, kind="cycle", events=None):
        """Events a second through the store."""
        out = run(self.program, kind, server.address(database), str(events or self.events), str(self.batch))
        return float(out.split()[0])

    def theirs(self, server, database):
        """Events a second that pgbench writes with the same statements, on one connection as the store's writer."""
        out = run(
            PROGRAMS / "pgbench", "-h", server.folder, "-U", "hookline", "-n", "-M", "prepared", "-c", "1",
            "-t", str(self.events // self.batch), "-f", HERE / "cycle.sql", "-D", f"batch={self.batch}", "-D", "last=0",
            "-D", f"millis={int(time.time() * 1000)}", database, env={**os.environ, "PGOPTIONS": PLANS},
        )  # fmt: skip
        if "failed transactions: 0 " not in out:
            sys.exit(out)
        return float(out.split("tps = ")[1].split()[0]) * self.batch

    def made(self, server, database):
        """Has the store make its tables, and the pieces of this week."""
        self.ours(server, database, events=self.batch)


def median(values):
    return statistics.median(values)


def beside_pgbench(bench, server, rounds):
    ours, theirs = [], []
    for _ in range(rounds):
        with server.database() as database:
            bench.made(server, database)
            theirs.append(bench.theirs(server, database))
        with server.database() as database:
            bench.made(server, database)
            ours.append(bench.ours(server, database))
    return median(ours), median(theirs)


def cost(bench, server):
    """Bytes of the log a message, bytes that stay on disk, and the share of updates of `messages` that stayed in their page."""
    with server.database() as database:
        bench.made(server, database)
        server.sql("CHECKPOINT; SELECT pg_stat_reset()", database)
        # Pages are written whole once after a checkpoint; that is not the message's doing.
        bench.ours(server, database)
        start = server.sql("SELECT pg_current_wal_lsn()", database)
        before = float(server.sql("SELECT pg_database_size(current_database())", database))
        bench.ours(server, database)
        size = float(server.sql(f"SELECT pg_current_wal_lsn() - '{start}'::pg_lsn", database))
        disk = float(server.sql("SELECT pg_database_size(current_database())", database)) - before
        # A connection says what it did when it ends.
        while server.sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()", database) != "1":
            time.sleep(0.1)
        hot, all_updates = map(
            float,
            server.sql(
                "SELECT sum(n_tup_hot_upd), sum(n_tup_upd) FROM pg_stat_all_tables WHERE relname LIKE 'messages%'", database
            ).split("|"),
        )
        return size / bench.events, disk / bench.events, hot / all_updates


@contextlib.contextmanager
def snapshot(server, database):
    """A transaction that still sees what was there when it began, so that nothing that died since can be cleaned up."""
    command = [PROGRAMS / "psql", "-h", server.folder, "-U", "hookline", "-d", database, "-AtXq"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd="/")
    process.stdin.write("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM hookline.waiting;\n")
    process.stdin.flush()
    process.stdout.readline()
    try:
        yield
    finally:
        process.communicate("ROLLBACK;\n")


def held(bench, server, seconds):
    """The rate at the end of so many seconds of work on a database with a snapshot held open, and on one without, in turns.

    A snapshot holds up the cleaning of its own database alone.
    """
    with server.database() as database, server.database() as other:
        for name in (database, other):
            bench.made(server, name)
        rates, end = [], time.monotonic() + seconds
        with snapshot(server, database):
            while time.monotonic() < end or len(rates) < 3:
                rates.append((bench.ours(server, database), bench.ours(server, other)))
        last = rates[-max(3, len(rates) // 10) :]
        return median(rate for rate, _ in last), median(rate for _, rate in last)


def standby(bench, server, folder, rounds):
    """The rate with a standby that every commit waits for, and without, in turns."""
    with_it, without = [], []
    with Server(folder / "standby", of=server):
        for _ in range(rounds):
            for name, rates in [("*", with_it), ("", without)]:
                server.sql(f"ALTER SYSTEM SET synchronous_standby_names = '{name}'")
                server.sql("SELECT pg_reload_conf()")
                while server.sql("SHOW synchronous_standby_names") != name:
                    time.sleep(0.1)
                with server.database() as database:
                    bench.made(server, database)
                    rates.append(bench.ours(server, database))
        server.sql("ALTER SYSTEM SET synchronous_standby_names = ''")
        server.sql("SELECT pg_reload_conf()")
    return median(with_it), median(without)


def schedule(server, database, count):
    """Messages that are due in a month, as the store has them where they wait."""
    server.sql(
        f"""
        INSERT INTO hookline.waiting (account, due_at, place, message)
        SELECT 'main', now() + interval '30 days' + i * interval '1 second', 1000000000 + i, gen_random_uuid()
        FROM generate_series(1, {count}) i;
        ANALYZE hookline.waiting;
        """,
        database,
    )


def scheduled(bench, server, count, rounds):
    """Claims a second with so many messages that are not due, and with none."""
    with server.database() as full, server.database() as empty:
        for database in (full, empty):
            bench.made(server, database)
        schedule(server, full, count)
        behind, alone = [], []
        for _ in range(rounds):
            behind.append(bench.ours(server, full, "claims", min(bench.events, 6_400)))
            alone.append(bench.ours(server, empty, "claims", min(bench.events, 6_400)))
        return median(behind), median(alone)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("benchmark", type=os.path.abspath)
    parser.add_argument("--events", type=int, default=12_800)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scheduled", type=int, default=1_000_000)
    parser.add_argument("--held", type=int, default=60, metavar="SECONDS")
    parser.add_argument("--only", choices=["cost", "held"], help="measure that alone")
    parser.add_argument("--keep", action="store_true", help="write what a message costs into measured.json")
    parser.add_argument("--folder", default=None)
    options = parser.parse_args()
    bench, short = Bench(options.benchmark, options.events, options.batch), []

    def tell(name, what, ours, other, unit="events/s"):
        ratio = ours / other
        print(f"  {what}: {ours:,.0f} / {other:,.0f} {unit}: {ratio:.2f} (reach {REACH[name]})", flush=True)
        if ratio < REACH[name]:
            short.append(what)

    with tempfile.TemporaryDirectory(dir=options.folder, prefix="hl-") as folder:
        folder = pathlib.Path(folder)
        folder.chmod(0o755)
        with Server(folder / "primary") as server:
            print(f"{options.events} events of 600 bytes, one message each, {options.batch} a commit, {options.rounds} rounds:")
            if not options.only:
                tell("pgbench", "the store ÷ pgbench with the same statements", *beside_pgbench(bench, server, options.rounds))
            if options.only != "held":
                wal, disk, hot = cost(bench, server)
                if options.keep:
                    kept = {"log_bytes": round(wal), "disk_bytes": round(disk), "body_bytes": 600, "batch": options.batch}
                    (HERE / "measured.json").write_text(json.dumps(kept) + "\n")
                print(f"  log a message and its event: {wal:,.0f} bytes (wanted {WANTED:,})")
                print(f"  on disk a message: {disk:,.0f} bytes")
                print(f"  updates of messages that stay in their page: {hot:.3f} (reach {REACH['hot']})", flush=True)
                short += ["updates in place"] * (hot < REACH["hot"])
            if not options.only:
                rates = scheduled(bench, server, options.scheduled, options.rounds)
                tell("scheduled", f"claims with {options.scheduled:,} scheduled ahead ÷ with none", *rates, "claims/s")
                tell("standby", "with a synchronous standby ÷ without", *standby(bench, server, folder, options.rounds))
            if options.only != "cost":
                tell("held", f"with a snapshot held for {options.held} s ÷ without", *held(bench, server, options.held))
    if short:
        sys.exit(f"short of what it has to reach: {', '.join(short)}")


if __name__ == "__main__":
    main()
