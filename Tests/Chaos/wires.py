# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
"""The network of a chaos run: a wire to a database that cuts and swallows, and a front before the nodes."""
import asyncio, contextlib, socket, struct

CHUNK = 65_536


class CommitScanner:
    """Says when a client's bytes ask PostgreSQL for a commit; reads its protocol, version 3, as far as that needs."""

    def __init__(self):
        self.buffer, self.begun, self.commits = b"", False, set()

    def feed(self, data):
        """Whether a commit is executed within these bytes, or with what came before them."""
        self.buffer += data
        found = False
        while True:
            head = 1 if self.begun else 0
            if len(self.buffer) < head + 4:
                return found
            (length,) = struct.unpack_from("!I", self.buffer, head)
            if len(self.buffer) < head + length:
                return found
            kind, body = self.buffer[:head], self.buffer[head + 4 : head + length]
            self.buffer, self.begun = self.buffer[head + length :], True
            found = self.read(kind, body) or found

    def read(self, kind, body):
        parts = body.split(b"\0", 2)
        if kind == b"P":
            (self.commits.add if parts[1] == b"COMMIT" else self.commits.discard)(parts[0])
        return kind == b"B" and parts[1] in self.commits


class Connection:
    """A client of a wire with its server."""

    def __init__(self, client, server):
        self.client, self.server = client, server
        self.scanner = CommitScanner()
        # Whether bytes are dropped in silence, and whether the next answer ends everything.
        self.is_dead = self.answer_cuts = False

    def reset(self):
        for writer in (self.client[1], self.server[1]):
            with contextlib.suppress(OSError, AttributeError):
                linger = struct.pack("ii", 1, 0)
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()


class Wire:
    """Passes bytes to a server on a socket in the file system, until it is told not to."""

    def __init__(self, target):
        self.target = target  # A path, or a function that says it.
        self.connections = set()
        self.drops_all = False
        self.plan, self.happened = None, asyncio.Event()

    async def start(self):
        self.listener = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.port = self.listener.sockets[0].getsockname()[1]
        return self

    async def serve(self, *client):
        try:
            server = await asyncio.open_unix_connection(self.target() if callable(self.target) else self.target)
        except OSError:
            return Connection(client, client).reset()
        connection = Connection(client, server)
        self.connections.add(connection)
        try:
            await asyncio.gather(self.forth(connection), self.back(connection))
        except OSError:
            pass
        finally:
            self.connections.discard(connection)
            connection.reset()

    async def forth(self, connection):
        while data := await connection.client[0].read(CHUNK):
            if connection.is_dead or self.drops_all:
                connection.is_dead = True
                continue
            commits = connection.scanner.feed(data)
            if commits and self.plan:
                plan, self.plan = self.plan, None
                self.happened.set()
                if plan == "after":
                    connection.answer_cuts = True
                else:
                    connection.server[1].write(data[: len(data) // 2] if plan == "inside" else b"")
                    with contextlib.suppress(OSError):
                        await connection.server[1].drain()
                    return connection.reset()
            connection.server[1].write(data)
            await connection.server[1].drain()
        connection.server[1].close()

    async def back(self, connection):
        while data := await connection.server[0].read(CHUNK):
            if connection.answer_cuts:
                return connection.reset()
            if connection.is_dead or self.drops_all:
                connection.is_dead = True
                continue
            connection.client[1].write(data)
            await connection.client[1].drain()
        if connection.is_dead:
            return
        connection.client[1].close()

    def cut(self):
        """Resets every connection."""
        for connection in list(self.connections):
            connection.reset()

    def forget(self):
        """Makes every connection half-open: nobody is told, and nothing arrives any more. New ones are well."""
        for connection in self.connections:
            connection.is_dead = True

    def cut_commit(self, plan):
        """Cuts the next connection that commits: before the server hears of it, inside, or after it has answered."""
        self.happened.clear()
        self.plan = plan


class Front:
    """What senders post to: gives each connection to the next node that is well."""

    def __init__(self, nodes):
        self.nodes, self.turn = nodes, 0
        self.well = {}

    async def start(self):
        self.listener = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.port = self.listener.sockets[0].getsockname()[1]
        self.checks = [asyncio.create_task(self.check(node)) for node in self.nodes]
        return self

    async def check(self, node):
        """As load balancers do: who does not answer within a second gets nothing until it does."""
        while True:
            status, _ = await fetch(node.admin, "/healthz", 1)
            self.well[node] = status == 200
            await asyncio.sleep(0.5)

    def order(self):
        self.turn += 1
        nodes = self.nodes[self.turn % len(self.nodes) :] + self.nodes[: self.turn % len(self.nodes)]
        return sorted(nodes, key=lambda node: not self.well.get(node))

    async def serve(self, *client):
        for node in self.order():
            with contextlib.suppress(OSError, AttributeError):
                server = await asyncio.open_connection(*node.hooks.split(":"))
                break
        else:
            return Connection(client, client).reset()
        connection = Connection(client, server)
        try:
            await asyncio.gather(pump(client[0], server[1]), pump(server[0], client[1]))
        except OSError:
            pass
        finally:
            connection.reset()


async def pump(reader, writer):
    while data := await reader.read(CHUNK):
        writer.write(data)
        await writer.drain()
    writer.close()


async def exchange(reader, writer, request):
    """Sends a request and reads its answer: the status, the header lines in small letters, the body."""
    writer.write(request)
    await writer.drain()
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = [line[15:] for line in head.split("\r\n") if line.startswith("content-length:")]
    body = await reader.readexactly(int(length[0])) if length else b""
    return int(head.split(" ", 2)[1]), head, body


async def fetch(address, path, seconds, method="GET", body=b""):
    """The status and the body that an address answers; 0 where it does not."""

    async def ask():
        reader, writer = await asyncio.open_connection(*address.split(":"), limit=1 << 30)
        try:
            head = f"{method} {path} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {len(body)}\r\n"
            kind = "Content-Type: application/json\r\n" if body else ""
            status, _, answer = await exchange(reader, writer, f"{head}{kind}\r\n".encode() + body)
            return status, answer
        finally:
            writer.transport.abort()

    try:
        return await asyncio.wait_for(ask(), seconds)
    except (OSError, AttributeError, ValueError, IndexError, EOFError, asyncio.TimeoutError, asyncio.LimitOverrunError):
        return 0, b""
