# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
"""What a chaos run is about: two PostgreSQLs of which one follows the other, a pooler, partners, and nodes."""
import asyncio, json, os, pathlib, shutil, signal, socket, subprocess, time

from wires import Wire, fetch

HERE = pathlib.Path(__file__).resolve().parent
PROGRAMS = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
SETTINGS = [
    "listen_addresses = ''", "max_connections = 80", "shared_buffers = 128MB", "max_wal_size = 1GB",
    "wal_keep_size = 512MB", "hot_standby = on", "log_checkpoints = off", "wal_receiver_status_interval = 1s",
    "wal_retrieve_retry_interval = 200ms",
]  # fmt: skip
SECRET, API_SECRET, PASSWORD = "chaos-hook-secret-4711", "sk_sandbox_not_a_secret", "chaos-database-secret-4712"
LEASE = 12


def as_postgres():
    """What a command needs so that PostgreSQL, which refuses to be root, runs as somebody else."""
    return [] if os.getuid() else ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"]


async def run(*command, given=b"", fails=False):
    process = await asyncio.create_subprocess_exec(
        *map(str, command), cwd="/", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    out, _ = await process.communicate(given)
    if process.returncode and not fails:
        raise RuntimeError(f"{' '.join(map(str, command))}\n{out.decode(errors='replace')}")
    return out.decode()


class Server:
    """A PostgreSQL in a folder of its own."""

    def __init__(self, folder):
        self.folder, self.data = folder, folder / "data"
        self.socket = folder / ".s.PGSQL.5432"

    async def make(self, of=None):
        self.folder.mkdir(exist_ok=True)
        shutil.rmtree(self.data, ignore_errors=True)
        if not os.getuid():
            shutil.chown(self.folder, "postgres", "postgres")
        if of:
            await self.program("pg_basebackup", "-h", of.folder, "-U", "chaos", "-D", self.data, "-R", "-c", "fast")
            settings = [f"unix_socket_directories = '{self.folder}'"]
        else:
            await self.program("initdb", "-D", self.data, "-U", "chaos", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
            settings = [*SETTINGS, f"unix_socket_directories = '{self.folder}'"]
        with open(self.data / "postgresql.conf", "a") as file:
            file.write("\n".join(["", *settings, ""]))
        await self.start()

    async def start(self):
        # What it says goes to a file: a server keeps the pipe of who starts it.
        await self.program("pg_ctl", "-D", self.data, "-l", self.folder / "log", "-w", "-t", "60", "start", "-s")

    async def stop(self, how, fails=False):
        await self.program("pg_ctl", "-D", self.data, "-m", how, "-w", "-t", "60", "stop", "-s", fails=fails)

    async def program(self, name, *arguments, **options):
        return await run(*as_postgres(), PROGRAMS / name, *arguments, **options)

    async def sql(self, text, database="postgres", fails=False):
        command = [PROGRAMS / "psql", "-h", self.folder, "-U", "chaos", "-d", database, "-AtXq", "-v", "ON_ERROR_STOP=1"]
        return (await run(*command, given=text.encode(), fails=fails)).strip()

    async def until(self, question, answer, seconds=60):
        deadline = time.monotonic() + seconds
        while await self.sql(question, fails=True) != answer:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.folder.name}: '{question}' is not {answer} after {seconds} s")
            await asyncio.sleep(0.1)

    @property
    def processes(self):
        """The postmaster and its children."""
        master = int((self.data / "postmaster.pid").read_text().split("\n")[0])
        children = pathlib.Path(f"/proc/{master}/task/{master}/children").read_text().split()
        return [master, *map(int, children)]

    async def backends(self):
        return [int(line) for line in (await self.sql("SELECT pid FROM pg_stat_activity WHERE usename = 'app'")).split()]


class Pair:
    """A primary and what follows it; commits wait for it but where a fault has it otherwise."""

    def __init__(self, folder):
        self.servers = [Server(folder / "a"), Server(folder / "b")]
        self.primary, self.standby = self.servers

    async def start(self):
        await self.primary.make()
        await self.primary.sql(f"CREATE ROLE app LOGIN PASSWORD '{PASSWORD}'")
        await self.primary.sql("CREATE DATABASE chaos OWNER app")
        await self.follow()

    async def follow(self):
        """Has the standby made anew from the primary, and commits wait for it."""
        await self.standby.stop("immediate", fails=True)
        await self.standby.make(of=self.primary)
        await self.primary.until("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'", "1")
        await self.wait_for_standby(True)

    async def wait_for_standby(self, waits):
        await self.primary.sql(f"ALTER SYSTEM SET synchronous_standby_names = '{'*' if waits else ''}'")
        await self.primary.sql("SELECT pg_reload_conf()")
        await self.primary.until("SHOW synchronous_standby_names", "*" if waits else "")

    async def promote(self):
        """The primary dies, and the standby becomes one, which waits for nobody."""
        await self.standby.sql("ALTER SYSTEM SET synchronous_standby_names = ''")
        await self.standby.sql("SELECT pg_reload_conf()")
        await self.primary.stop("immediate")
        self.primary, self.standby = self.standby, self.primary
        await self.primary.program("pg_ctl", "-D", self.primary.data, "-w", "-t", "60", "promote", "-s")
        await self.primary.until("SELECT pg_is_in_recovery()", "f")

    async def stop(self):
        for server in self.servers:
            await server.stop("immediate", fails=True)


class Program:
    """A process of ours with a file that keeps what it says; what it is told to do goes to it alone."""

    def __init__(self, log):
        self.log, self.process = log, None

    async def spawn(self, *command, env=None, cwd=None):
        with open(self.log, "ab") as log:
            self.start_of_run = log.tell()
            self.process = await asyncio.create_subprocess_exec(
                *map(str, command), stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env, cwd=cwd
            )

    async def line(self, words, seconds=60):
        """What follows these words where this run says them."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.process.returncode is None:
            text = self.log.read_bytes()[self.start_of_run :].decode(errors="replace")
            for line in text.split("\n")[:-1]:
                if words in line:
                    return line.split(words, 1)[1].strip()
            await asyncio.sleep(0.05)
        raise RuntimeError(f"{self.log.name}: no '{words}'; it ended with {self.process.returncode}")

    async def end(self, how=signal.SIGTERM, seconds=30):
        if self.process is None or self.process.returncode is not None:
            return
        self.process.send_signal(how)
        try:
            await asyncio.wait_for(self.process.wait(), seconds)
        except asyncio.TimeoutError:
            self.process.kill()
            await self.process.wait()
            raise RuntimeError(f"{self.log.name}: it did not end within {seconds} s") from None


class Partner(Program):
    """The sandbox, which keeps what it was sent."""

    async def start(self, hookline):
        await self.spawn(hookline, "sandbox", "--port", "0", "--no-magic-numbers")
        self.address = await self.line("sandbox: listening on")

    async def fault(self, *faults):
        body = json.dumps({"faults": [{"kind": "latency", "seconds": 0.15}, *faults]}).encode()
        status, answer = await fetch(self.address, "/sandbox/faults", 30, "PUT", body)
        assert status == 200, answer

    async def received(self):
        status, body = await fetch(self.address, "/sandbox/messages", 600)
        assert status == 200, "the sandbox does not tell what it received"
        return [(message["text"], message["time"]) for message in json.loads(body)]


class Pooler(Program):
    """PgBouncer in transaction mode, before whoever is primary."""

    async def start(self, folder, pair):
        self.wire = await Wire(lambda: pair.primary.socket).start()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder = folder
        folder.mkdir()
        if not os.getuid():
            shutil.chown(folder, "postgres", "postgres")
        (folder / "pgbouncer.ini").write_text(
            f"[databases]\nchaos = host=127.0.0.1 port={self.wire.port} dbname=chaos user=app\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {self.port}\nunix_socket_dir =\nauth_type = any\n"
            f"pool_mode = transaction\ndefault_pool_size = 10\nserver_login_retry = 1\npidfile = {folder}/pid\n"
        )
        await self.begin()

    async def begin(self):
        await self.spawn(*as_postgres(), shutil.which("pgbouncer", path="/usr/sbin:/usr/bin"), self.folder / "pgbouncer.ini")
        await self.line("process up")


class Node(Program):
    """One `hookline serve`, begun again whenever it ends, as a service manager does."""

    def __init__(self, folder, number, hookline):
        super().__init__(folder / f"node{number}.log")
        self.folder, self.number, self.hookline = folder, number, hookline
        self.hooks = self.admin = None
        self.ends = []  # How it ended without being told to.
        self.clock = 0  # Seconds that its clock is ahead.

    async def configure(self, pair, partners, pooler=None):
        """A wire to each server; with a pooler, these are for what a pooler cannot do."""
        self.wires = {server: await Wire(server.socket).start() for server in pair.servers}
        hosts = ",".join(f"127.0.0.1:{wire.port}" for wire in self.wires.values())
        plain = "sslmode=disable&gssencmode=disable"
        direct = f"postgres://app@{hosts}/chaos?{plain}"
        pooled = pooler and f"postgres://app@127.0.0.1:{pooler.port}/chaos?{plain}"
        extras = f', listen: "{direct}", prepared: "off"' if pooler else ""
        accounts = "".join(
            f"  {name}: {{base_url: 'http://{partner.address}/api/v1/public', api_secret: {API_SECRET}, rate: 300/s,\n"
            f"    api_key: pk_sandbox000000000000000000000000000000000, uncertain_per_minute: 100000}}\n"
            for name, partner in partners.items()
        )
        self.config = self.folder / f"node{self.number}.yaml"
        self.config.write_text(
            f"listen: 127.0.0.1:0\nadmin: {{listen: '127.0.0.1:0', rate: 60000/s}}\nstore: {pooled or direct}\n"
            f"postgres: {{password: {PASSWORD}{extras}}}\nrules: {HERE / 'rules'}\ndrain: 4s\nlease: {LEASE}s\n"
            f"transport: {{timeout: 4s}}\naccounts:\n{accounts}"
            f"sources:\n  orders: {{preset: generic, secrets: ['{SECRET}'], country: IN, event_type: body.type, event_id: body.id}}\n"
        )

    async def start(self):
        env = dict(os.environ)
        if self.clock:
            env |= {"LD_PRELOAD": str(self.folder / "clock.so"), "CLOCK_AHEAD": str(self.clock)}
        for _ in range(10):
            await self.spawn(self.hookline, "serve", "--config", self.config, env=env, cwd=self.folder)
            try:
                self.hooks = await self.line("hooks: listening on")
                self.admin = await self.line("admin: listening on")
                return
            except RuntimeError:
                # Without its database it does not begin; whoever manages services tries again.
                await self.end()
                self.note_end()
                await asyncio.sleep(0.5)
        raise RuntimeError(f"node {self.number} does not begin: {self.log.read_text()[-2000:]}")

    def note_end(self):
        if self.process.returncode < 0:
            self.ends.append(signal.Signals(-self.process.returncode).name)

    async def kill(self):
        self.hooks = self.admin = None
        self.process.kill()
        await self.process.wait()

    async def terminate(self):
        await self.end()
        if self.process.returncode:
            self.ends.append(f"exit {self.process.returncode} after SIGTERM")
        self.hooks = self.admin = None

    async def is_ready(self):
        status, _ = await fetch(self.admin, "/readyz", 5)
        return status == 200
