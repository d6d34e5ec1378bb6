"""The pages of docs/ are followed to the letter, on a platform that is founded and otherwise empty.

They count here and not in `make test`: a page shows what other tests prove, and needs every service as a process.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.end_to_end.nursery import Nursery
from tests.pages.following import follow
from tests.pages.reading import Block, read
from tests.pages.stage import ROOT, Stage, set_up

from insieme_local.folders import Folders
from insieme_local.provision import Provisioned
from insieme_local.servers import Servers
from insieme_local.testing import session_folders

TUTORIAL = (
    "docs/tutorial.md",
    "docs/tutorial/1-a-person.md",
    "docs/tutorial/2-a-year-of-governance.md",
    "docs/tutorial/3-a-project.md",
    "docs/tutorial/4-what-everybody-sees.md",
)
REFUSALS = "docs/refusals.md"
COMMAND_LINE = "docs/command-line.md"
SENT = "Idempotency-Key"

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(600)]


def blocks(*pages: str) -> list[Block]:
    return [block for page in pages for block in read(ROOT / page, page)]


@pytest.fixture(scope="module")
def stage(
    provisioned: Provisioned, servers: Servers, young: Nursery, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    folders = Folders(session_folders().root / f"platform-{provisioned.topic_prefix}")
    with set_up(provisioned, folders, tmp_path_factory.mktemp("clone"), young) as made:
        yield made


def test_the_tutorial_the_refusals_and_the_command_line_are_what_happens(stage: Stage) -> None:
    """One terminal, every page in order."""
    follow(blocks(*TUTORIAL, REFUSALS, COMMAND_LINE), stage.clone, stage.environment())


def test_every_page_can_be_followed_again(stage: Stage) -> None:
    """With the same keys: each command gives the answer that it gave, and reads show what has become of it."""
    again = [
        one if SENT in one.commands or one.answer is None else unjudged(one)
        for one in blocks(*TUTORIAL, REFUSALS, COMMAND_LINE)
    ]
    follow(again, stage.clone, stage.environment())


def unjudged(block: Block) -> Block:
    """Its commands have to go well; what they print is not looked at."""
    return replace(block, commands=f"{{ {block.commands}\n}} >/dev/null", answer=None)


def test_no_page_is_left_out() -> None:
    written = {str(path.relative_to(ROOT)) for path in (ROOT / "docs" / "tutorial").glob("*.md")}
    assert written == {page for page in TUTORIAL if Path(page).parent.name == "tutorial"}
