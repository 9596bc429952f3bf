# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
"""What goes wrong in a chaos run: each fault is a function that does it, and mends it again where that takes somebody."""
import asyncio, contextlib, os, signal, time

from cluster import LEASE

KINDS = {}


def fault(function):
    KINDS[function.__name__.replace("_", "-")] = function
    return function


async def some_work(world):
    """Lets a fault last for a while of traffic."""
    await asyncio.sleep(world.random.uniform(1, 3))


async def stop_for(seconds, processes):
    """Lets processes stand still for so long: neither dead nor answering."""
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGSTOP)
    await asyncio.sleep(seconds)
    for process in reversed(processes):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGCONT)


# MARK: Nodes


@fault
async def node_killed(world):
    node = world.a_node()
    now = await world.pair.primary.sql("SELECT clock_timestamp()")
    await node.kill()
    began = time.monotonic()
    await node.start()
    await world.until_taken_over(now, began)


@fault
async def node_stopped_past_its_lease(world):
    await stop_for(LEASE + 3, [world.a_node().process.pid])


@fault
async def node_terminated(world):
    node = world.a_node()
    await node.terminate()
    await node.start()


async def set_clock(world, seconds):
    node = world.a_node()
    node.clock = seconds
    await node.terminate()
    await node.start()
    await some_work(world)


@fault
async def clock_ten_minutes_ahead(world):
    await set_clock(world, 600)


@fault
async def clock_ten_minutes_behind(world):
    await set_clock(world, -600)


# MARK: The database


@fault
async def database_restarted(world):
    await world.pair.primary.stop("fast")
    await asyncio.sleep(world.random.uniform(0, 2))
    await world.pair.primary.start()


@fault
async def database_restarted_at_once(world):
    await world.pair.primary.stop("immediate")
    await asyncio.sleep(world.random.uniform(0, 2))
    await world.pair.primary.start()


@fault
async def database_stopped(world):
    await stop_for(6, world.pair.primary.processes)


@fault
async def backends_terminated(world):
    for _ in range(world.random.randint(1, 3)):
        await world.pair.primary.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'")
        await asyncio.sleep(world.random.random())


@fault
async def backend_killed(world):
    backend = world.random.choice(await world.pair.primary.backends())
    with contextlib.suppress(ProcessLookupError):
        os.kill(backend, signal.SIGKILL)
    # The server ends all others, and takes nobody until it has gone through its log.
    await world.pair.primary.until(f"SELECT count(*) FROM pg_stat_activity WHERE pid = {backend}", "0")


@fault
async def connections_exhausted(world):
    """What `max_connections` says (53300), said of the nodes' role, so that it holds for as long as it is to."""
    await world.pair.primary.sql("ALTER ROLE app CONNECTION LIMIT 2")
    await world.pair.primary.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'")
    await some_work(world)
    await world.pair.primary.sql("ALTER ROLE app CONNECTION LIMIT -1")


@fault
async def standby_stopped(world):
    """Commits wait for a standby that does not answer."""
    await stop_for(5, world.pair.standby.processes)


@fault
async def standby_promoted(world):
    await world.pair.promote()
    await world.until_recovered()
    await some_work(world)
    await world.pair.follow()


@fault
async def asynchronous_standby_promoted(world):
    began = time.time()
    await world.pair.wait_for_standby(False)
    await some_work(world)
    await world.pair.promote()
    await world.until_recovered()
    # What a sender was told just before may reach the list a moment later.
    world.asynchronous.append((began, time.time() + 1))
    await some_work(world)
    await world.pair.follow()


# MARK: The network


@fault
async def connections_cut(world):
    for _ in range(world.random.randint(1, 4)):
        for wire in world.a_node().wires.values():
            wire.cut()
        await asyncio.sleep(world.random.random() / 2)


async def cut_commit(world, plan):
    wire = world.random.choice(world.wires_to_primary())
    wire.cut_commit(plan)
    try:
        await asyncio.wait_for(wire.happened.wait(), 20)
    except asyncio.TimeoutError:
        raise RuntimeError("nothing was committed for 20 s: no commit was cut") from None
    wire.plan = None


@fault
async def cut_before_a_commit(world):
    await cut_commit(world, "before")


@fault
async def cut_inside_a_commit(world):
    await cut_commit(world, "inside")


@fault
async def cut_after_a_commit(world):
    await cut_commit(world, "after")


@fault
async def connections_half_open(world):
    wire = world.random.choice(world.wires_to_primary())
    dead = list(wire.connections)
    wire.forget()
    await asyncio.sleep(world.random.uniform(5, 15))
    # The server finds out by its own keepalives some time.
    for connection in dead:
        connection.reset()


@fault
async def packets_dropped(world):
    wire = world.random.choice(world.wires_to_primary())
    wire.drops_all = True
    await asyncio.sleep(world.random.uniform(4, 8))
    wire.drops_all = False
    for connection in list(wire.connections):
        if connection.is_dead:
            connection.reset()


@fault
async def pooler_restarted(world):
    await world.pooler.end(world.random.choice([signal.SIGTERM, signal.SIGKILL]))
    await asyncio.sleep(world.random.random())
    await world.pooler.begin()


# MARK: The partner


async def trouble(world, *faults):
    partner = world.random.choice(list(world.partners.values()))
    await partner.fault(*faults)
    await some_work(world)
    await partner.fault()


@fault
async def partner_hangs(world):
    await trouble(world, {"kind": "hangAfterAccepting", "rate": 0.3})


@fault
async def partner_hangs_up(world):
    kinds = ["dropAfterAccepting", "dropBeforeAccepting"]
    await trouble(world, *({"kind": kind, "rate": 0.2} for kind in kinds))


@fault
async def partner_is_down(world):
    await trouble(world, {"kind": "status", "status": 503, "retryAfterSeconds": 1})
