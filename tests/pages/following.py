"""A reader who types what stands on the pages, block after block, in one terminal."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.pages.comparing import differences, short
from tests.pages.reading import Block

BEFORE = "set -eu -o pipefail\n"
EACH = 'exec >"$PAGES/{number}.out" 2>"$PAGES/{number}.err"\n{commands}\n: >"$PAGES/{number}.done"\n'


class PageFailed(AssertionError):
    """Page, line, and what is not as the page says."""


def follow(blocks: Sequence[Block], where: Path, environment: Mapping[str, str], seconds: float = 500.0) -> None:
    """Types every block in the folder `where`. Raises PageFailed at the first one that is not as the page says.

    A command that fails ends it there, as it would end a reader.
    """
    with tempfile.TemporaryDirectory() as folder:
        outcome = Path(folder)
        script = BEFORE + "".join(EACH.format(number=at, commands=one.commands) for at, one in enumerate(blocks))
        ended = typed(script, where, {**environment, "PAGES": folder}, seconds)
        for at, block in enumerate(blocks):
            if wrong := judged(block, outcome, at, ended):
                raise PageFailed(wrong)


def typed(script: str, where: Path, environment: Mapping[str, str], seconds: float) -> int | None:
    """The exit code of bash, None where it had to be stopped: with all that it started."""
    child = subprocess.Popen(
        ["bash", "--noprofile", "--norc", "-c", script],
        cwd=where,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return child.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        return None


def judged(block: Block, outcome: Path, number: int, ended: int | None) -> str | None:
    """What is wrong with a block, in words for whoever mends the page."""
    place = f"{block.page}:{block.line}"
    first = block.commands.strip().splitlines()[0]
    came, said = (text(outcome / f"{number}.{kind}") for kind in ("out", "err"))
    if not (outcome / f"{number}.done").exists():
        how = "did not end in time" if ended is None else f"failed with exit code {ended}"
        return f"{place}: `{first}` {how}\nit printed: {short(came)}\nit complained: {short(said)}"
    if said.strip():
        return f"{place}: `{first}` complained: {short(said)}"
    if block.answer is None:
        return f"{place}: `{first}` answers, and the page shows no answer: {short(came)}" if came.strip() else None
    found = differences(block.answer, came)
    if not found:
        return None
    shown = f"{block.page}:{block.answer.line}"
    return "\n".join([f"{shown}: the answer to `{first}` is not as shown:", *(f"  {one}" for one in found)])


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
