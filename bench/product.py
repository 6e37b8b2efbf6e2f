"""The running product that is measured: started once, when the first benchmark asks for it."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from types import TracebackType

from tests.dialogue.talk import Talk
from tests.stack import Stack, running_stack


class Product:
    """`with Product() as product: product.stack` starts it; the end of the block stops it."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._stack: Stack | None = None

    @property
    def stack(self) -> Stack:
        """The product, ready and warm."""
        if self._stack is None:
            self._stack = self._open.enter_context(running_stack())
            for _ in range(3):
                self.talk().say("我还剩多少话费")
        return self._stack

    def talk(self) -> Talk:
        """A talk of a customer nobody had before, signed in."""
        return Talk(self.stack, self.stack.fresh_customer(language="zh"))

    def __enter__(self) -> "Product":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._open.close()


def breathe(seconds: float) -> None:
    """Wait, where a quota asks for it."""
    time.sleep(max(0.0, seconds))


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def at_once(works: list[Callable[[], object]]) -> list[float]:
    """Seconds of each, all begun together."""
    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(seconds, works))
