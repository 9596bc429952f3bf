# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
"""Senders of a chaos run: they sign what they post, and repeat it until somebody says that it is taken."""
import asyncio, collections, hashlib, hmac, json, random, time

from wires import exchange

# Senders wait no longer than that for an answer.
PATIENCE = 10
CONNECTIONS = 24


class Load:
    """Posts numbered events over many connections, and keeps when each was taken."""

    def __init__(self, port, secret, rate, seed):
        self.port, self.secret, self.rate = port, secret.encode(), rate
        self.random = random.Random(f"load {seed}")
        self.next, self.wanted, self.is_over = 1, 0, False
        self.taken = {}  # When each number was answered with 2xx.
        self.times = []  # The same, in order.
        self.answers = collections.Counter()
        self.odd = []  # What a sender should never read.
        self.slowest_refusal = 0.0
        self.repeats = 0

    def request(self, number):
        kind = "order.shipped" if number % 4 == 0 else "order.placed"
        body = json.dumps({"id": f"chaos-{number}", "type": kind, "number": number, "phone": f"98{number:08}"}).encode()
        signature = hmac.new(self.secret, body, hashlib.sha256).hexdigest()
        head = (
            f"POST /hooks/orders HTTP/1.1\r\nHost: chaos\r\nContent-Type: application/json\r\nX-Signature: {signature}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    async def run(self):
        """Posts until it is told that it is over, and whatever was begun to its end."""
        await asyncio.gather(*(self.send_all() for _ in range(CONNECTIONS)))

    async def send_all(self):
        stream = None
        while not (self.is_over and self.next > self.wanted):
            number, self.next = self.next, self.next + 1
            request = self.request(number)
            while number not in self.taken:
                stream = await self.attempt(number, request, stream)
            await asyncio.sleep(self.random.expovariate(self.rate / CONNECTIONS))
        if stream:
            stream[1].transport.abort()

    async def attempt(self, number, request, stream):
        """Posts once; the connection comes back where it can be used again."""
        began = time.monotonic()
        try:
            if stream is None:
                stream = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", self.port), PATIENCE)
            status, head, _ = await asyncio.wait_for(exchange(*stream, request), PATIENCE)
        except (OSError, EOFError, asyncio.TimeoutError) as error:
            self.answers["no answer in time" if isinstance(error, asyncio.TimeoutError) else "connection lost"] += 1
            if stream:
                stream[1].transport.abort()
            await self.pause()
            return None
        self.answers[status] += 1
        if 200 <= status < 300:
            self.taken[number] = time.time()
            self.times.append(time.monotonic())
            return stream
        self.slowest_refusal = max(self.slowest_refusal, time.monotonic() - began)
        if status != 503 or "\r\nretry-after:" not in head:
            self.odd.append(f"order {number}: {head.splitlines()[0]}")
        await self.pause()
        if "connection: close" in head:
            stream[1].transport.abort()
            return None
        return stream

    async def pause(self):
        self.repeats += 1
        await asyncio.sleep(0.1 + self.random.random() * 0.4)

    def longest_gap(self, begin, end):
        """The longest time without a 2xx that lies, in part at least, between two moments."""
        times = [moment for moment in self.times if moment >= begin - PATIENCE]
        longest, last = 0.0, begin
        for moment in [*times, end]:
            if moment > begin:
                longest = max(longest, min(moment, end) - max(last, begin))
            if moment > end:
                break
            last = moment
        return longest

    async def until_taken(self, count, seconds=60):
        """Returns when so many more events were taken."""
        goal, deadline = len(self.taken) + count, time.monotonic() + seconds
        while len(self.taken) < goal:
            if time.monotonic() > deadline:
                raise RuntimeError(f"no {count} events were taken within {seconds} s; answers so far: {dict(self.answers)}")
            await asyncio.sleep(0.05)
