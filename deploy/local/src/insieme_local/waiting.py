"""Waiting that Ctrl-C can end at any moment.

A signal only sets a flag, and every wait looks at it. So no exception can strike between the start of a process and the
line that remembers it, and whatever was started is known when it has to be stopped.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from insieme_local.errors import Interrupted

_asked = threading.Event()
_seen: list[int] = []
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def interruptible() -> Iterator[None]:
    """Turn Ctrl-C, SIGTERM and a closed terminal into `Interrupted` at the next wait; only in the main thread."""

    def ask(number: int, _frame: FrameType | None) -> None:
        _seen.append(number)
        _asked.set()

    before = {number: signal.signal(number, ask) for number in _SIGNALS}
    _forget()
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        _forget()


def check() -> None:
    """Raise `Interrupted` when the person has asked to stop."""
    if _asked.is_set():
        raise Interrupted


def from_terminal() -> bool:
    """Whether it was Ctrl-C, which every process in the foreground of the terminal has seen too."""
    return bool(_seen) and _seen[0] == signal.SIGINT


def hurried() -> bool:
    """Whether the person has asked twice: what does not end at once is killed."""
    return len(_seen) > 1


def _forget() -> None:
    _asked.clear()
    _seen.clear()


def pause(seconds: float) -> None:
    """Sleep, but wake with `Interrupted` when the person asks to stop."""
    if _asked.wait(seconds):
        raise Interrupted


def wait_until(true: Callable[[], bool], seconds: float, *, every: float = 0.05) -> bool:
    """Ask `true` until it holds, at most for `seconds`; answers whether it held in the end."""
    end = time.monotonic() + seconds
    while True:
        check()
        if true():
            return True
        if time.monotonic() >= end:
            return False
        pause(every)
