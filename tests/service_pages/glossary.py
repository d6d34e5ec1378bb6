"""docs/glossary.md: the Italian words of the field and what the code calls them, as docstrings of the contracts say it.

A docstring that ends in `Italian: presa in carico.` names the word for what it describes; `;` divides words of one
meaning. Contracts are where everybody meets the words, so nothing else is read.
"""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.clauses.scanning import clauses_in
from tests.service_pages.telling import anchors, cell

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = ROOT / "libs" / "events" / "src" / "insieme_events" / "contracts"
PAGE = ROOT / "docs" / "glossary.md"
MARK = re.compile(r"\s*\bItalian: (?P<words>[^.\n]+)\.\s*$")

HEAD = """# Glossary: Italian and English

Written by `make docs` out of the docstrings of the contracts; what is missing here is missing there. The code speaks
English; the protocol, the law and the people who use the platform speak Italian. Words of one line mean the same.

"""


@dataclass(frozen=True, slots=True)
class Entry:
    """`words` of one meaning, the name that the code has for it, and what it is there."""

    words: tuple[str, ...]
    name: str
    says: str
    path: Path

    @property
    def english(self) -> str:
        """The name as words: `PersonTakenInCharge` is a person taken in charge, `PartyRole.PROMOTER` a promoter."""
        of, _, member = self.name.partition(".")
        whole = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", of.removesuffix("Event")).lower()
        return f"{member.lower().replace('_', ' ')} ({whole})" if member else whole


def entries(folder: Path = CONTRACTS) -> list[Entry]:
    """In the order of the Italian words."""
    found = [one for path in sorted(folder.glob("*.py")) for one in of_text(path.read_text(encoding="utf-8"), path)]
    return sorted(found, key=lambda one: _plain(one.words[0]))


def of_text(text: str, path: Path) -> Iterator[Entry]:
    yield from _of_body(ast.parse(text).body, "", "", path)


def _of_body(body: list[ast.stmt], above: str, above_says: str, path: Path) -> Iterator[Entry]:
    """A class says it in its docstring; a type or a member in the text that follows it."""
    for node, following in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.ClassDef):
            says = ast.get_docstring(node) or ""
            yield from _entry(node.name, says, path)
            yield from _of_body(node.body, f"{node.name}.", says, path)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            match following:
                case ast.Expr(value=ast.Constant(value=str(says))):
                    yield from _entry(f"{above}{node.targets[0].id}", says, path, above_says)


def _entry(name: str, says: str, path: Path, above_says: str = "") -> Iterator[Entry]:
    if found := MARK.search(says):
        words = tuple(word.strip() for word in found["words"].split(";"))
        yield Entry(words, name, _said(says) or _said(above_says), path)


def _said(docstring: str) -> str:
    """The first paragraph, without the Italian words."""
    return " ".join(MARK.sub("", docstring).partition("\n\n")[0].split())


def _plain(word: str) -> str:
    """As a dictionary orders it: without accents, in small letters."""
    return unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode().lower()


def _clauses(text: str) -> str:
    known = sorted(clauses_in(text) & anchors().keys())
    return ", ".join(f"[{clause}](clauses.md#{anchors()[clause]})" for clause in known) or "-"


def page() -> str:
    found = entries()
    rows = [
        f"| {', '.join(one.words)} | {one.english} | {cell(one.says)} | {_clauses(one.says)} "
        f"| [`{one.name}`](../{one.path.relative_to(ROOT)}) |"
        for one in found
    ]
    backwards = sorted((one.english, ", ".join(one.words)) for one in found)
    return (
        HEAD
        + "## From Italian\n\n| Italian | English | what it is | clauses | in the code |\n|---|---|---|---|---|\n"
        + "\n".join(rows)
        + "\n\n## From English\n\n| English | Italian |\n|---|---|\n"
        + "\n".join(f"| {english} | {words} |" for english, words in backwards)
        + "\n"
    )
