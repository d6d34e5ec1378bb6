"""`insieme matching …` against the running service: what the API does is done, shown and refused on a command line."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from typer.testing import CliRunner, Result

from insieme_events.cli import app as program
from insieme_events.client import requests
from insieme_events.testing.serving import answering


class Shell:
    """Runs `insieme matching …` as a process would, away from the event loop that serves."""

    def __init__(self, url: str, home: Path) -> None:
        self.url = url
        self.environment = {"INSIEME_MATCHING_URL": url, "XDG_CACHE_HOME": str(home)}

    async def __call__(self, *words: str, typed: str | None = None) -> Result:
        runner = CliRunner(env=self.environment)
        return await asyncio.to_thread(lambda: runner.invoke(program, ["matching", *words], input=typed))

    async def told(self, *words: str, typed: str | None = None) -> Any:
        """The answer as JSON; the command must have ended well."""
        answer = await self(*words, "--json", typed=typed)
        assert answer.exit_code == 0, answer.output
        return json.loads(answer.stdout)


@pytest.fixture
async def shell(matching: Any, tmp_path: Path) -> AsyncIterator[Shell]:
    async with answering(matching.client._transport.app) as url:
        yield Shell(url, tmp_path)


def as_options(body: dict[str, Any]) -> list[str]:
    return [word for name, value in body.items() for word in ("--" + name.replace("_", "-"), str(value))]


async def test_a_command_by_options_is_what_the_api_records(
    shell: Shell, matching: Any, new_registration: Callable[..., dict[str, Any]]
) -> None:
    body = new_registration()
    made = await shell.told("companies", "register", *as_options(body), "--as-party", "cna_bologna")
    found = await matching.get(f"/v1/companies/{made['id']}")
    assert {name: found[name] for name in ("name", "size", "comune")} == {
        name: body[name] for name in ("name", "size", "comune")
    }
    (event,) = await matching.rows("select t::text from events.events t where stream = %s", made["stream"])
    assert "cna_bologna" in event[0]


async def test_a_body_comes_from_standard_input_and_options_stand_over_it(
    shell: Shell, matching: Any, new_registration: Callable[..., dict[str, Any]]
) -> None:
    typed = json.dumps(new_registration(size="small"))
    made = await shell.told("companies", "register", "--body", "-", "--size", "medium", typed=typed)
    assert (await matching.get(f"/v1/companies/{made['id']}"))["size"] == "medium"


async def test_a_refusal_is_told_with_its_sentence_code_and_clause_and_nothing_on_standard_output(
    shell: Shell, new_registration: Callable[..., dict[str, Any]]
) -> None:
    body = new_registration()
    await shell.told("companies", "register", *as_options(body))
    again = await shell("companies", "register", *as_options(body))
    assert again.exit_code == 1
    assert "(P21) [matching.partita_iva_taken]" in again.stderr
    assert again.stdout == ""


async def test_what_does_not_fit_its_schema_is_named_by_its_option(
    shell: Shell, new_registration: Callable[..., dict[str, Any]]
) -> None:
    refused = await shell("companies", "register", *as_options(new_registration(ateco_section="manufacturing")))
    assert refused.exit_code == 1
    assert "--ateco-section:" in refused.stderr
    assert "[http.invalid]" in refused.stderr
    assert "manufacturing" not in refused.output, "what was told is not repeated"


async def test_the_same_key_does_it_once_and_an_old_version_is_refused(
    shell: Shell, matching: Any, new_registration: Callable[..., dict[str, Any]]
) -> None:
    key = ("--idempotency-key", f"by-hand-{uuid4()}")
    body = as_options(new_registration())
    made = await shell.told("companies", "register", *body, *key)
    assert await shell.told("companies", "register", *body, *key) == made
    grown = ("companies", "change-size", made["id"], "--size", "large", "--on", "2021-02-01")
    assert (await shell(*grown, "--if-match", str(made["sequence"] + 7))).exit_code == 1
    await shell.told(*grown, "--if-match", str(made["sequence"]))
    assert (await matching.get(f"/v1/companies/{made['id']}"))["size"] == "large"


async def test_every_page_of_a_list_row_by_row(
    shell: Shell, matching: Any, new_registration: Callable[..., dict[str, Any]]
) -> None:
    party = f"party-{uuid4().hex[:8]}"
    made = {(await matching.post("/v1/companies", **new_registration(introduced_by=party)))["id"] for _ in range(5)}
    search = ("companies", "search", "--introduced-by", party, "--limit", "2")
    rows = await shell(*search, "--all", "--json")
    assert {json.loads(line)["company_id"] for line in rows.stdout.splitlines()} == made
    one = await shell(*search)
    assert len([line for line in one.stdout.splitlines() if party in line]) == 2
    assert "there is more: --after" in one.stderr
    assert len([line for line in (await shell(*search, "--all")).stdout.splitlines() if party in line]) == 5
    nothing = await shell("companies", "search", "--introduced-by", f"{party}x")
    assert (nothing.exit_code, nothing.stdout.strip()) == (0, "nothing found")


async def test_an_example_of_a_body_is_one_that_the_service_takes(
    shell: Shell, new_registration: Callable[..., dict[str, Any]]
) -> None:
    example = await shell("companies", "register", "--example")
    assert example.exit_code == 0
    own = new_registration()["partita_iva"]
    await shell.told("companies", "register", "--body", "-", "--partita-iva", own, typed=example.stdout)


@pytest.mark.parametrize("body", ["{", "[1]", '"text"'])
async def test_a_body_that_is_none_is_refused_before_it_is_sent(shell: Shell, body: str) -> None:
    refused = await shell("companies", "register", "--body", "-", "--size", "small", typed=body)
    assert refused.exit_code == 1
    assert "insieme: --body is no JSON" in refused.stderr


async def test_help_completion_and_a_mistyped_word(shell: Shell) -> None:
    assert "change-size" in (await shell("companies", "--help")).stdout
    about = (await shell("companies", "register", "--help")).stdout
    assert "--partita-iva" in about
    assert "POST /v1/companies" in about
    wrong = await shell("companys")
    assert wrong.exit_code == 2
    assert "Did you mean 'companies'" in wrong.stderr
    for words, wanted in (
        ("insieme matching comp", {"companies"}),
        ("insieme matching companies re", {"register", "record-contact"}),
        ("insieme matching companies register --size m", {"micro", "medium"}),
    ):
        shell.environment |= {
            "_INSIEME_COMPLETE": "complete_bash",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split()) - 1),
        }
        runner = CliRunner(env=shell.environment)
        found = await asyncio.to_thread(lambda: runner.invoke(program, prog_name="insieme"))  # noqa: B023
        assert set(found.stdout.split()) == wanted


async def test_nobody_answers(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "PAUSES", (0.01,))
    assert (await shell("companies", "search")).exit_code == 0
    shell.environment["INSIEME_MATCHING_URL"] = "http://127.0.0.1:9"
    silent = await shell("companies", "search")
    assert silent.exit_code == 1
    assert "is it running?" in silent.stderr
