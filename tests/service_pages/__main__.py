"""`python -m tests.service_pages`: writes what follows from the code into the pages of docs/services."""

from __future__ import annotations

from tests.service_pages.page import generated, page_of, whole
from tests.transitions.services import SERVICES


def main() -> None:
    changed = []
    for service in SERVICES:
        path = page_of(service)
        before = path.read_text(encoding="utf-8")
        after = whole(before, generated(service))
        if after != before:
            path.write_text(after, encoding="utf-8")
            changed.append(path.name)
    print(f"docs/services: {', '.join(changed) or 'nothing changed'}")


if __name__ == "__main__":
    main()
