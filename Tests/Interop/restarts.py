#!/usr/bin/env python3
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
"""Restarts a service under load, its socket held by somebody else as systemd does: restarts.py HOOKLINE [RESTARTS]

No connection may be refused or end without an answer, and every event that got a 2xx must be in the store exactly once. Stands in
for systemd's three protocols, too: READY, STOPPING and signs of life arrive, and in their order."""
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading

hookline = os.path.realpath(sys.argv[1])
restarts = int(sys.argv[2]) if len(sys.argv) > 2 else 10
folder = pathlib.Path(tempfile.mkdtemp())

hooks = socket.socket()
hooks.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
hooks.bind(("127.0.0.1", 0))
hooks.listen(1024)
port = hooks.getsockname()[1]

notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.bind(str(folder / "notify"))
notify.settimeout(120)

(folder / "rules").mkdir()
(folder / "hookline.yaml").write_text("""
listen: 127.0.0.1:1
admin: {listen: 127.0.0.1:0}
store: sqlite:hookline.db
rules: rules
shutdown_delay: 300ms
sources:
  shop: {preset: generic, verify: {scheme: none}, country: IN, event_type: body.type, event_id: body.id}
accounts:
  main:
    base_url: http://127.0.0.1:9/api/v1/public
    api_key: pk_sandbox000000000000000000000000000000000
    api_secret: sk_sandbox_not_a_secret
""")


def start():
    """The service, with the socket as its descriptor 3: LISTEN_PID is its own id, which the shell that becomes it knows."""
    os.dup2(hooks.fileno(), 3, inheritable=True)
    environment = {**os.environ, "NOTIFY_SOCKET": str(folder / "notify"), "WATCHDOG_USEC": "400000",
                   "LISTEN_FDS": "1", "LISTEN_FDNAMES": "hooks"}
    command = ["/bin/sh", "-c", 'LISTEN_PID=$$ exec "$0" serve --config "$1"', hookline, str(folder / "hookline.yaml")]
    with open(folder / "log", "ab") as log:
        return subprocess.Popen(command, env=environment, pass_fds=(3,), stdout=log, stderr=log)


def hear(wanted):
    """Waits for a word; returns how many signs of life came before it."""
    signs = 0
    while True:
        word = notify.recv(4096).decode()
        if word == wanted:
            return signs
        if word != "WATCHDOG=1":
            sys.exit(f"restarts: heard {word!r}; expected {wanted!r}")
        signs += 1


class Sender(threading.Thread):
    """Posts one event after the other: on a new connection each, or on one for as long as it is kept open."""

    def __init__(self, name, keeps):
        super().__init__(daemon=True)
        self.name, self.keeps = name, keeps
        self.taken, self.faults, self.done = [], [], threading.Event()

    def run(self):
        connection, number = None, 0
        while not self.done.is_set():
            number += 1
            event = f"{self.name}-{number}"
            body = json.dumps({"id": event, "type": "order.paid", "phone": "919845061237"})
            try:
                connection = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=120)
                connection.request("POST", "/hooks/shop", body, {"Content-Type": "application/json"})
                answer = connection.getresponse()
                answer.read()
                if answer.status // 100 == 2:
                    self.taken.append(event)
                else:
                    self.faults.append(f"{event}: {answer.status}")
                if answer.getheader("connection") == "close" or not self.keeps:
                    connection.close()
                    connection = None
            except (OSError, http.client.HTTPException) as error:
                self.faults.append(f"{event}: {type(error).__name__} {error}")
                connection = None


process, senders = None, [Sender(f"s{number}", keeps=number % 2 == 0) for number in range(4)]
try:
    process = start()
    hear("READY=1")
    for sender in senders:
        sender.start()
    for _ in range(restarts):
        # Some signs of life, and so some time under load.
        for _ in range(3):
            hear("WATCHDOG=1")
        process.send_signal(signal.SIGTERM)
        hear("STOPPING=1")
        if process.wait(timeout=120) != 0:
            sys.exit(f"restarts: the service ended with {process.returncode}")
        # What it said of its life on the way out.
        notify.setblocking(False)
        try:
            while True:
                notify.recv(4096)
        except BlockingIOError:
            notify.settimeout(120)
        process = start()
        hear("READY=1")
    for sender in senders:
        sender.done.set()
    for sender in senders:
        sender.join(timeout=120)
    process.send_signal(signal.SIGTERM)
    if process.wait(timeout=120) != 0:
        sys.exit(f"restarts: the service ended with {process.returncode}")
    faults = [fault for sender in senders for fault in sender.faults]
    taken = [event for sender in senders for event in sender.taken]
    import sqlite3
    store = sqlite3.connect(folder / "hookline.db")
    stored = [json.loads(body)["id"] for (body,) in store.execute("SELECT body FROM event_bodies")]
    missing, double = set(taken) - set(stored), len(stored) - len(set(stored))
    print(f"restarts: {restarts} restarts, {len(taken)} events taken, {len(faults)} faults, {len(missing)} lost, {double} double")
    if faults or missing or double or len(taken) < restarts:
        sys.exit("\n".join(faults[:10]) or f"restarts: lost {sorted(missing)[:10]}")
finally:
    if process and process.poll() is None:
        process.kill()
        process.wait()
    subprocess.run(["rm", "-rf", str(folder)])
