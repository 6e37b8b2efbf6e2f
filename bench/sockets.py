"""News on open pages: 2,000 idle and 100 active sockets on one gateway process, 200 messages a second.

A message is what a person says: written into the sealed record by another process, told by the bell, read, opened and sent to the
page that shows it. Baseline in the same run: a plain Socket.IO echo server with the same sockets and the same rate, which keeps nothing.
Gateway on one core, clients on the other.
"""

import asyncio
import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.figures import Figure
from bench.product import Product
from bench.socket_clients import Crowd
from customers.tokens import ConversationTokens
from handoff.ownership import Agent
from tests.inside import Inside
from tests.stack import Stack, free_ports, running_stack

IDLE = 2_000
ACTIVE = 100
RATE = 200  # messages a second, over all active ones
SECONDS = 15
SETTLE_SECONDS = 5.0
SPEAKER = Agent("bench", "小林")
CORES = sorted(os.sched_getaffinity(0))


def measure(product: Product) -> list[Figure]:
    """In a product of its own: behind a proxy, so that 2,100 addresses are not one."""
    plain, plain_kb, plain_errors = asyncio.run(echoed())
    with running_stack(PROXIES="1") as stack:
        ours, kb, errors = asyncio.run(told(stack))
    note = f"{RATE}/s on {IDLE} idle and {ACTIVE} active sockets; errors {errors} (echo {plain_errors}); lost {RATE * SECONDS - len(ours)}"
    ratio = f"{percentile(ours, 99) / percentile(plain, 99):.2f} times the echo's"
    return [
        Figure("news on a page, from the record", "ms", ours, "plain echo", plain, note),
        Figure("the same, p99", "ms", [percentile(ours, 99)], "plain echo", [percentile(plain, 99)], ratio),
        Figure("memory of the gateway a socket", "kB", [kb], "plain echo", [plain_kb]),
    ]


def percentile(values: list[float], share: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * share // 100)]


async def told(stack: Stack) -> tuple[list[float], float, int]:
    """Milliseconds from before it is written until the page has it; kB a socket; errors."""
    inside = Inside(stack)
    tokens = ConversationTokens(stack.secrets["TOKEN_KEY"], inside.clock)
    ids = [inside.parts.conversations.mint("web", "web", address=str(number)).id for number in range(IDLE + ACTIVE)]
    logins: list[dict[str, Any] | None] = [{"token": tokens.issue(each, "web", 1.0), "after": 0} for each in ids]
    taken: list[float] = []

    def hear(event: str, body: Any) -> None:
        now = time.monotonic()
        if event == "events":
            taken.extend((now - float(e["body"]["text"])) * 1000 for e in body["events"] if e["kind"] == "person")

    spoken_to = ids[-ACTIVE:]
    for conversation in spoken_to:
        inside.parts.relay.take_over(conversation, SPEAKER)
    gateway = worker_of(stack.pid("gateway"))
    crowd = Crowd(f"127.0.0.1:{stack.ports['PORT']}")
    with pinned(gateway):
        before = resident_kb(gateway)
        await crowd.join(logins, lambda number: hear)
        await asyncio.sleep(SETTLE_SECONDS)
        kb = (resident_kb(gateway) - before) / len(ids)
        speaking = multiprocessing.get_context("spawn").Process(target=speak, args=(stack.folder, stack.secrets, spoken_to))
        speaking.start()
        while speaking.is_alive():
            await asyncio.sleep(0.1)
        await asyncio.sleep(1.0)
        errors = crowd.errors
        await crowd.leave()
    return taken, kb, errors


def speak(folder: Path, secrets: dict[str, str], conversations: list[str]) -> None:
    """A process of its own: says the time, RATE times a second, to one after the other."""
    os.sched_setaffinity(0, {CORES[-1]})
    relay = Inside.of(folder, secrets).parts.relay
    began = time.monotonic()
    for number in range(RATE * SECONDS):
        time.sleep(max(0.0, began + number / RATE - time.monotonic()))
        relay.say(conversations[number % len(conversations)], SPEAKER, {"text": repr(time.monotonic())}, f"m{number}")


async def echoed() -> tuple[list[float], float, int]:
    """The same over the echo server: milliseconds there and back."""
    port = free_ports()["PORT"]
    command = [
        sys.executable, "-m", "gunicorn", "--worker-class", "gevent", "--workers", "1", "--worker-connections", "5000",
        "--bind", f"127.0.0.1:{port}", "--log-level", "warning", "--no-control-socket", "bench.echo_server:create_app()",
    ]  # fmt: skip
    server = subprocess.Popen(command)
    taken: list[float] = []

    def hear(event: str, body: Any) -> None:
        if event == "said":
            taken.append((time.monotonic() - float(body)) * 1000)

    crowd = Crowd(f"127.0.0.1:{port}")
    try:
        gateway = await until(lambda: worker_of(server.pid))
        with pinned(gateway):
            await asyncio.sleep(SETTLE_SECONDS)
            before = resident_kb(gateway)
            await crowd.join([None] * (IDLE + ACTIVE), lambda number: hear)
            await asyncio.sleep(SETTLE_SECONDS)
            kb = (resident_kb(gateway) - before) / (IDLE + ACTIVE)
            began = time.monotonic()
            for number in range(RATE * SECONDS):
                await asyncio.sleep(max(0.0, began + number / RATE - time.monotonic()))
                await crowd.clients[-ACTIVE + number % ACTIVE].say("say", repr(time.monotonic()))
            await asyncio.sleep(1.0)
            errors = crowd.errors
            await crowd.leave()
    finally:
        server.terminate()
        server.wait(30)
    return taken, kb, errors


@contextmanager
def pinned(gateway: int) -> Any:
    """The gateway on one core, ourselves on another."""
    os.sched_setaffinity(gateway, {CORES[0]})
    os.sched_setaffinity(0, {CORES[-1]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, CORES)


def worker_of(pid: int) -> int:
    """The worker that gunicorn started; 0 while there is none. Down the line of only children, past the leash."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return (worker_of(int(listed[0])) or int(listed[0])) if listed else 0


async def until(look: Callable[[], int], seconds: float = 30.0) -> int:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        await asyncio.sleep(0.2)
    raise RuntimeError("the echo server did not start")


def resident_kb(pid: int) -> float:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return float(line.split()[1])
