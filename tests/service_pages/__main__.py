"""`python -m tests.service_pages`: writes what follows from the code into docs/services and docs/glossary.md."""

from __future__ import annotations

from tests.service_pages import glossary
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
    if not glossary.PAGE.exists() or glossary.PAGE.read_text(encoding="utf-8") != glossary.page():
        glossary.PAGE.write_text(glossary.page(), encoding="utf-8")
        changed.append(glossary.PAGE.name)
    print(f"docs/services, docs/glossary.md: {', '.join(changed) or 'nothing changed'}")


if __name__ == "__main__":
    main()
