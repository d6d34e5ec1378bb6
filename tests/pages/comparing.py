"""What a page shows against what came.

Pages shorten: of an object the fields that are shown must be there and equal, a list is shown whole unless it holds
the element "…", and `…` in a text stands for whatever is there, if anything.
"""

from __future__ import annotations

import json
import re
from typing import Any

from tests.pages.reading import Answer

ANY = "…"
LONG = 300


def differences(shown: Answer, came: str) -> list[str]:
    """One sentence per difference; none where the page is right."""
    return of_json(shown.text, came) if shown.kind == "json" else of_text(shown.text, came)


def of_json(shown: str, came: str) -> list[str]:
    try:
        wanted = documents(shown)
    except json.JSONDecodeError as wrong:
        return [f"what the page shows is no JSON: {wrong}"]
    try:
        found = documents(came)
    except json.JSONDecodeError:
        return [f"the page shows JSON, but this came: {short(came)}"]
    if len(wanted) != len(found):
        return [f"the page shows {len(wanted)} answers, but {len(found)} came: {short(came)}"]
    return [one for pair in zip(wanted, found, strict=True) for one in compared("", *pair)]


def documents(text: str) -> list[Any]:
    """The JSON documents of a text, one after the other."""
    decoder, found, at = json.JSONDecoder(), [], 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        one, at = decoder.raw_decode(text, at)
        found.append(one)
    return found


def compared(where: str, shown: Any, came: Any) -> list[str]:
    place = where or "the answer"
    match shown:
        case dict() if isinstance(came, dict):
            missing = [f"{where}/{name} is shown, but not there: {short(came)}" for name in shown if name not in came]
            both = [(f"{where}/{name}", shown[name], came[name]) for name in shown if name in came]
            return missing + [one for pair in both for one in compared(*pair)]
        case list() if isinstance(came, list):
            return of_list(where, shown, came)
        case str() if isinstance(came, str):
            return [] if fits(shown, came) else [f"{place} is shown as {shown!r}, but is {short(came)!r}"]
        case _ if shown == ANY:
            return []
        case _ if type(shown) is type(came) and shown == came:
            return []
        case _:
            return [f"{place} is shown as {short(shown)}, but is {short(came)}"]


def of_list(where: str, shown: list[Any], came: list[Any]) -> list[str]:
    """In order; the element "…" stands for any number of elements."""
    if ANY not in shown:
        if len(shown) != len(came):
            return [f"{where or 'the answer'} is shown with {len(shown)} elements, but has {len(came)}: {short(came)}"]
        pairs = enumerate(zip(shown, came, strict=True))
        return [one for at, pair in pairs for one in compared(f"{where}/{at}", *pair)]
    at = 0
    for number, wanted in enumerate(one for one in shown if one != ANY):
        while at < len(came) and compared("", wanted, came[at]):
            at += 1
        if at == len(came):
            return [f"{where}/{number} is shown as {short(wanted)}, but no such element is there: {short(came)}"]
        at += 1
    return []


def of_text(shown: str, came: str) -> list[str]:
    lines = came.rstrip("\n").split("\n") if came.strip() else []
    at = 0
    loose = False
    for wanted in shown.split("\n"):
        if wanted.strip() == ANY:
            loose = True
            continue
        while loose and at < len(lines) and not fits(wanted, lines[at]):
            at += 1
        if at == len(lines):
            return [f"the page shows the line {wanted!r}, but no such line came: {short(came)}"]
        if not fits(wanted, lines[at]):
            return [f"the page shows the line {wanted!r}, but {lines[at]!r} came"]
        at, loose = at + 1, False
    rest = [] if loose else lines[at:]
    return [f"{len(rest)} more lines came than the page shows: {short(rest)}"] if rest else []


def fits(shown: str, came: str) -> bool:
    return re.fullmatch(".*".join(re.escape(part) for part in shown.split(ANY)), came, re.DOTALL) is not None


def short(value: Any) -> str:
    text = value.strip() if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONG else text[:LONG] + ANY
