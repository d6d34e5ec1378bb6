"""`python -m tests.clauses`: prints what every clause has, writes docs/clauses.md; fails where something is missing."""

from __future__ import annotations

import sys

from tests.clauses.judging import clauses, invariants, pending
from tests.clauses.page import PAGE, Found, look, written


def line(subject: str, found: Found) -> str:
    at, proven = found.places[subject], found.proofs[subject]
    if subject in found.missing:
        state = f"MISSING {', '.join(found.missing[subject])}"
    elif subject in pending():
        state = f"pending: {pending()[subject]}"
    else:
        state = "ok"
    return (
        f"{subject:4} {len({p.path for p in at}):3} modules {len({(p.path, p.test) for p in proven}):3} tests  {state}"
    )


def main() -> int:
    found = look()
    for clause in clauses():
        print(line(clause.id, found))
    for invariant in invariants():
        print(line(invariant.id, found))
    changed = not PAGE.exists() or PAGE.read_text(encoding="utf-8") != written(found)
    PAGE.write_text(written(found), encoding="utf-8")
    print(f"docs/clauses.md: {'written' if changed else 'nothing changed'}")
    whole = [clause.id for clause in clauses()]
    lacking = [subject for subject in whole if subject in found.missing]
    print(f"{len(whole) - len(lacking)} of {len(whole)} clauses, {len(pending())} pending parts")
    if found.missing:
        print(f"missing: {', '.join(found.missing)}")
    return 1 if found.missing else 0


if __name__ == "__main__":
    sys.exit(main())
