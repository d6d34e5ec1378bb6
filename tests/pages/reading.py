"""What a page tells its reader to type, and the answer that it shows.

A block of ```sh is typed. The block of ```json or ```text that follows it is its answer; a block without one prints
nothing. Other blocks there are none: what is shown on such a page is followed or does not stand there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

TYPED = "sh"
ANSWERS = ("json", "text")
FENCE = re.compile(r"```(?P<kind>\S*)\s*")


class PageError(Exception):
    """The page cannot be followed as it is written."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`line` is the first one of the answer, counted from 1."""

    kind: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Block:
    """Lines to type together; `line` is the first one of them, counted from 1."""

    page: str
    line: int
    commands: str
    answer: Answer | None = None


def read(path: Path, name: str | None = None) -> list[Block]:
    """The blocks of a page in order. Raises PageError with page and line."""
    return blocks(path.read_text(encoding="utf-8"), name or path.name)


def blocks(text: str, page: str) -> list[Block]:
    found: list[Block] = []
    answered = True
    for kind, line, body in fenced(text, page):
        if kind == TYPED:
            found.append(Block(page, line, body))
            answered = False
        elif kind not in ANSWERS:
            raise PageError(f"{page}:{line}: a block is of sh, json or text, not of {kind or 'no kind'!r}")
        elif answered:
            raise PageError(f"{page}:{line}: an answer without a command before it")
        else:
            found[-1] = replace(found[-1], answer=Answer(kind, body, line))
            answered = True
    return found


def fenced(text: str, page: str) -> list[tuple[str, int, str]]:
    """Kind, first line and text of every fenced block."""
    found: list[tuple[str, int, str]] = []
    open_at, kind, body = 0, "", list[str]()
    for number, line in enumerate(text.splitlines(), 1):
        fence = FENCE.fullmatch(line)
        if fence is None:
            body.append(line)
        elif not open_at:
            open_at, kind, body = number, fence["kind"], []
        elif fence["kind"]:
            raise PageError(f"{page}:{number}: the block of line {open_at} is not closed")
        else:
            found.append((kind, open_at + 1, "\n".join(body)))
            open_at = 0
    if open_at:
        raise PageError(f"{page}:{open_at}: the block is not closed")
    return found
