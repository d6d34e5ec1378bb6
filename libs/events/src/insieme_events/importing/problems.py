"""What can be wrong with a file, or with a row before it is sent. A sentence never repeats what stood in a cell."""

from __future__ import annotations

from dataclasses import dataclass


class FileProblem(Exception):
    """The file cannot be imported as it is; nothing was sent. `line` counts from 1, as an editor does."""

    def __init__(self, code: str, sentence: str, line: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence if line is None else f"Line {line}: {sentence}"
        self.line = line


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row is refused. `column` is empty where the row as a whole is."""

    code: str
    sentence: str
    column: str = ""
