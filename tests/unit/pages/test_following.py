"""A page that is wrong in any way is found, and the message says where: else the followed pages prove nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.pages.comparing import differences
from tests.pages.following import PageFailed, follow
from tests.pages.reading import Answer, Block, PageError, blocks

GREETING = """# A page

```sh
who='Anna'
answer() { printf '{"who": "%s", "id": %d, "steps": [1, 2, 3], "left": null}' "$who" "$1"; }
```

It answers.

```sh
answer 7
```

Shortened:

```json
{"who": "Anna", "steps": [1, "…", 3], "left": null}
```
"""


def followed(page: str, where: Path, seconds: float = 20.0) -> None:
    follow(blocks(page, "a-page.md"), where, {"PATH": os.environ["PATH"]}, seconds)


def failure(page: str, where: Path, seconds: float = 20.0) -> str:
    with pytest.raises(PageFailed) as raised:
        followed(page, where, seconds)
    return str(raised.value)


def test_a_page_that_says_what_happens_is_followed(tmp_path: Path) -> None:
    followed(GREETING, tmp_path)


def test_a_wrong_answer_fails_with_page_line_and_difference(tmp_path: Path) -> None:
    said = failure(GREETING.replace('"who": "Anna", "steps"', '"who": "Bruno", "steps"'), tmp_path)
    assert "a-page.md:17: the answer to `answer 7` is not as shown" in said
    assert "/who is shown as 'Bruno', but is 'Anna'" in said


def test_a_field_that_did_not_come_fails(tmp_path: Path) -> None:
    assert "/name is shown, but not there" in failure(
        GREETING.replace('{"who": "Anna", "s', '{"name": "…", "s'), tmp_path
    )


def test_an_answer_that_did_not_come_fails(tmp_path: Path) -> None:
    assert "the page shows 1 answers, but 0 came" in failure(GREETING.replace("answer 7\n", "true\n"), tmp_path)


def test_an_answer_that_the_page_does_not_show_fails(tmp_path: Path) -> None:
    said = failure(GREETING.split("Shortened")[0], tmp_path)
    assert "a-page.md:11: `answer 7` answers, and the page shows no answer" in said


def test_a_failing_command_fails_also_in_the_middle_of_its_block(tmp_path: Path) -> None:
    said = failure(GREETING.replace("answer 7\n", "echo oh >&2; false\nanswer 7\n"), tmp_path)
    assert "a-page.md:11: `echo oh >&2; false` failed with exit code 1" in said
    assert "it complained: oh" in said


def test_a_failure_in_a_pipe_and_a_variable_that_nobody_set_fail(tmp_path: Path) -> None:
    assert "exit code 3" in failure(GREETING.replace("answer 7\n", "(exit 3) | cat\n"), tmp_path)
    assert "nobody" in failure(GREETING.replace("answer 7\n", 'echo "$nobody"\n'), tmp_path)


def test_a_complaint_fails_though_the_command_went_well(tmp_path: Path) -> None:
    assert "complained: careful" in failure(GREETING.replace("answer 7\n", "answer 7; echo careful >&2\n"), tmp_path)


def test_a_wait_that_does_not_end_fails(tmp_path: Path) -> None:
    said = failure(GREETING.replace("answer 7\n", "until false; do sleep 0.1; done\n"), tmp_path, seconds=1.0)
    assert "did not end in time" in said


def test_what_went_wrong_first_is_told(tmp_path: Path) -> None:
    page = GREETING + "\n```sh\nfalse\n```\n"
    assert "is not as shown" in failure(page.replace('[1, "…", 3]', '[1, "…", 4]'), tmp_path)


def test_blocks_share_one_terminal_and_its_folder(tmp_path: Path) -> None:
    followed(
        "```sh\nmkdir here; cd here; word=kept\n```\n```sh\npwd; echo $word\n```\n```text\n…/here\nkept\n```\n",
        tmp_path,
    )
    assert (tmp_path / "here").is_dir()


@pytest.mark.parametrize(
    ("shown", "came"),
    [
        ('{"a": 1}', '{"a": 1, "b": 2}'),
        ('{"a": "…"}', '{"a": "0b8a1a52"}'),
        ('{"a": "…"}', '{"a": 7}'),
        ('{"a": "case-…:3"}', '{"a": "case-0b8a:3"}'),
        ('["…"]', "[]"),
        ('["…", {"a": 2}, "…"]', '[{"a": 1}, {"a": 2, "b": 3}, {"a": 3}]'),
        ('{"a": 1}\n{"a": 2}', '{"a": 1}\n{"a": 2}'),
    ],
)
def test_shortened_json_fits(shown: str, came: str) -> None:
    assert differences(Answer("json", shown, 1), came) == []


@pytest.mark.parametrize(
    ("shown", "came"),
    [
        ('{"a": 1}', '{"a": 2}'),
        ('{"a": 1}', '{"a": "1"}'),
        ('{"a": 1}', '{"a": true}'),
        ('{"a": null}', '{"a": 0}'),
        ('{"a": {"b": 1}}', '{"a": {"b": 2}}'),
        ('{"a": "case-…:3"}', '{"a": "case-0b8a:4"}'),
        ("[]", "[1]"),
        ("[1, 2]", "[1, 3]"),
        ('["…", 2, 1, "…"]', "[1, 2]"),
        ('{"a": []}', '{"a": {}}'),
        ('{"a": 1}', '{"a": 1}\n{"a": 1}'),
        ('{"a": 1}', "Internal Server Error"),
        ('{"a": 1', '{"a": 1}'),
    ],
)
def test_json_that_differs_is_found(shown: str, came: str) -> None:
    assert len(differences(Answer("json", shown, 1), came)) == 1


@pytest.mark.parametrize(
    ("shown", "came", "found"),
    [
        ("one\ntwo", "one\ntwo\n", 0),
        ("one\n…", "one\ntwo\nthree\n", 0),
        ("…\nthree", "one\ntwo\nthree\n", 0),
        ("… events", "7 events\n", 0),
        ("one", "one\ntwo\n", 1),
        ("one\ntwo", "one\n", 1),
        ("…\nfour", "one\ntwo\n", 1),
        ("one", "", 1),
    ],
)
def test_text_is_compared_by_line(shown: str, came: str, found: int) -> None:
    assert len(differences(Answer("text", shown, 1), came)) == found


@pytest.mark.parametrize(
    "page",
    [
        "```sh\ntrue\n",
        "```json\n{}\n```\n",
        "```sh\ntrue\n```\n```json\n{}\n```\n```json\n{}\n```\n",
        "```\ntrue\n```\n",
        "```http\nGET /\n```\n",
        "```sh\ntrue\n```json\n{}\n```\n",
    ],
)
def test_what_cannot_be_followed_does_not_stand_on_a_page(page: str) -> None:
    with pytest.raises(PageError, match=r"^a-page\.md:\d+: "):
        blocks(page, "a-page.md")


def test_a_block_knows_its_line() -> None:
    assert blocks(GREETING, "a-page.md")[1] == Block(
        "a-page.md", 11, "answer 7", Answer("json", '{"who": "Anna", "steps": [1, "…", 3], "left": null}', 17)
    )
