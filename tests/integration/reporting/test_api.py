"""Figures over HTTP and in a terminal: one shape of answer, readable refusals, pages of what a figure counts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from rich.console import Console
from tests.integration.reporting.telling_money import Budget
from typer.testing import CliRunner

from insieme_events.contracts.vocabulary import ContractClass, Gender, Strand
from insieme_events.projection import ProjectionHandler
from insieme_events.service import Role, create_app, running
from insieme_events.testing import databases
from insieme_local.provision import Provisioned
from insieme_reporting import examples, figures
from insieme_reporting.service import SERVICE
from insieme_reporting.settings import ReportingSettings
from insieme_reporting.testing import History
from insieme_reporting.versions import NEWEST, prepare

NOW = datetime(2021, 6, 1, 12, tzinfo=UTC)
PERIOD = {"from": "2017-06-01", "to": "2021-12-31"}
LATE = datetime(2021, 3, 31, 22, 30, tzinfo=UTC)
"""Half past midnight of the first of April in Rome."""
LAST_EVENT = uuid4()


def told() -> History:
    """Three enrolled, two placed; one placement of 2020 was recorded late. Money was spent on them in 2019."""
    history = History()
    Budget(history, 2019, "comune", {Strand.MATCHING: 5_000_000}).spend(Strand.MATCHING, 1_234_500, date(2019, 5, 6))
    company = history.company(date(2018, 1, 8))
    for number, gender in enumerate((Gender.FEMALE, Gender.FEMALE, Gender.MALE)):
        person, case = history.enrolled(date(2019, 3, 4 + number), gender)
        history.taken_in_charge(person, case, date(2019, 4, 1))
        if number == 0:
            history.placed(person, company, date(2019, 5, 6), contract=ContractClass.PERMANENT)
        if number == 1:
            history.placed(person, company, date(2020, 5, 4), date(2020, 12, 31), at=LATE)
    return history


def keys(value: Any) -> Any:
    """The keys of an answer, down to those of the rows, whose columns depend on the question."""
    if isinstance(value, dict):
        return {name: keys(inner) for name, inner in value.items() if name not in {"rows", "cut", "total", "by_year"}}
    return keys(value[0]) if isinstance(value, list) and value else None


Terminal = Callable[..., Awaitable[Any]]


@dataclass
class Client:
    http: httpx.AsyncClient

    async def get(self, path: str, **query: Any) -> Any:
        answer = await self.http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def refused(self, path: str, **query: Any) -> tuple[int, str, str]:
        """Status, code and sentence of the problem."""
        answer = await self.http.get(path, params=query)
        assert answer.headers["content-type"] == "application/problem+json", answer.text
        problem = answer.json()
        return answer.status_code, problem["code"], problem["detail"]


def settings_of(provisioned: Provisioned) -> ReportingSettings:
    environment = provisioned.environment("reporting")
    return ReportingSettings(
        kafka_bootstrap_servers=environment["KAFKA_BOOTSTRAP_SERVERS"],
        master_key_text=environment["INSIEME_MASTER_KEY"],
        database_url=provisioned.urls["reporting"],
        database_url_keys=provisioned.urls["reporting@keys"],
    )


@pytest.fixture(scope="module")
def filled(provisioned: Provisioned) -> ReportingSettings:
    """A database of reporting with the facts of this module and cursors that tell how far they reach."""
    databases.upgraded(provisioned.urls["reporting_owner"], "reporting", SERVICE.migrations)
    settings = settings_of(provisioned)
    asyncio.run(fill(settings))
    return settings


async def fill(settings: ReportingSettings) -> None:
    definition = NEWEST.definition
    intake, funding = (f"insieme.{context}.restricted.v1" for context in ("intake", "funding"))
    cursors = ((intake, 0, 7, uuid4(), LATE), (intake, 1, 9, LAST_EVENT, NOW), (funding, 0, 0, None, None))
    async with running(SERVICE, settings) as service:
        await prepare(service)
        async with service.pool.connection() as connection:
            await ProjectionHandler(definition).apply(connection, list(told()))
            for topic, partition, offset, event_id, recorded_at in cursors:
                await connection.execute(
                    "insert into events.cursors values (%s, %s, %s, %s, 1, 'g1', %s, %s)",
                    (definition.subscription, topic, partition, offset, event_id, recorded_at),
                )


@pytest.fixture
async def client(filled: ReportingSettings) -> AsyncIterator[Client]:
    """HTTP only, at noon of the first of June 2021."""
    app = create_app(SERVICE, filled, Role.HTTP)
    async with app.router.lifespan_context(app):
        app.state.service.clock = lambda: NOW
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://reporting") as http:
            yield Client(http)


async def test_an_answer_has_the_shape_that_is_published(client: Client) -> None:
    found = await client.get("/v1/measures/placements", **PERIOD, by="year")
    assert list(found) == ["measure", "version", "title", "unit", "from", "to", "by", "known_at", "cut", "rows"]
    assert found["rows"] == [{"year": 2019, "value": 1}, {"year": 2020, "value": 1}]
    assert found["title"] == {"it": "Inserimenti", "en": "Placements"}
    assert (found["measure"], found["version"], found["unit"]) == (
        "placements",
        NEWEST.definition.version,
        "contract links",
    )
    assert (found["from"], found["to"], found["by"], found["known_at"]) == (
        PERIOD["from"],
        PERIOD["to"],
        ["year"],
        None,
    )


async def test_without_a_breakdown_there_is_one_row_and_a_rate_shows_its_numbers(client: Client) -> None:
    assert (await client.get("/v1/measures/enrolled", **PERIOD))["rows"] == [{"value": 3}]
    found = await client.get("/v1/measures/permanent_share", **PERIOD)
    assert found["rows"] == [{"numerator": 1, "denominator": 2, "value": 0.5}]


@pytest.mark.clause("P09")
async def test_groups_are_compared_with_all_and_every_ratio_has_its_numbers(client: Client) -> None:
    found = await client.get("/v1/measures/placement_rate/gaps", **PERIOD, by="gender")
    assert found.keys() == examples.GAPS.keys()
    whole, rows = found["all"], found["rows"]
    assert (whole["numerator"], whole["denominator"]) == (2, 3)
    assert {row["gender"]: (row["numerator"], row["denominator"], row["ratio"]) for row in rows} == {
        "female": (2, 2, 1.5),
        "male": (0, 1, 0.0),
    }


@pytest.mark.clause("P09")
async def test_gaps_are_asked_of_a_rate_and_of_one_breakdown(client: Client) -> None:
    path = "/v1/measures/{}/gaps"
    assert (await client.refused(path.format("placements"), **PERIOD, by="gender"))[:2] == (422, "reporting.no_rate")
    two = await client.refused(path.format("placement_rate"), **PERIOD, by="gender,age_band")
    assert two[:2] == (422, "reporting.too_many_breakdowns")
    other = await client.refused(path.format("placement_rate"), **PERIOD, by="kind")
    assert other[:2] == (422, "reporting.unknown_breakdown")


async def test_several_breakdowns_come_in_their_order(client: Client) -> None:
    found = await client.get("/v1/measures/placements", **PERIOD, by="gender,year")
    assert found["rows"] == [
        {"gender": "female", "year": 2019, "value": 1},
        {"gender": "female", "year": 2020, "value": 1},
    ]


async def test_the_cut_names_generation_offsets_and_the_last_event(client: Client) -> None:
    found = await client.get("/v1/measures/enrolled", **PERIOD)
    assert found["cut"] == {
        "funding": {"topic_generation": "g1", "offsets": {"0": 0}, "last_event_id": None},
        "intake": {"topic_generation": "g1", "offsets": {"0": 7, "1": 9}, "last_event_id": str(LAST_EVENT)},
    }


async def test_a_day_of_knowledge_ends_at_midnight_in_rome(client: Client) -> None:
    async def placements(known_at: str) -> int:
        found = await client.get("/v1/measures/placements", **PERIOD, known_at=known_at)
        return int(found["rows"][0]["value"])

    assert await placements("2021-03-31") == 1
    assert await placements("2021-04-01") == 2
    assert await placements("2021-03-31T22:29:59Z") == 1
    assert await placements("2021-04-01T00:30:00+02:00") == 2


@pytest.mark.parametrize(
    ("query", "status", "code", "told"),
    [
        ({"by": "contract_class"}, 422, "reporting.unknown_breakdown", "year, half_year"),
        ({"by": "year,year"}, 422, "reporting.too_many_breakdowns", "three"),
        ({"from": "2022-01-01"}, 422, "reporting.period", "2021-12-31"),
        ({"known_at": "yesterday"}, 422, "reporting.known_at", "2021-03-31"),
        ({"known_at": "2021-03-31T10:00:00"}, 422, "reporting.known_at", "zone"),
        ({"known_at": "2021-06-02"}, 422, "reporting.known_at_future", "2021-06-02"),
        ({"known_at": "2021-06-01T12:00:01Z"}, 422, "reporting.known_at_future", "latest"),
        ({"from": "2021-02-30"}, 422, "http.invalid", "from"),
    ],
)
async def test_a_bad_question_is_a_problem_that_says_what_to_do(
    client: Client, query: dict[str, str], status: int, code: str, told: str
) -> None:
    found = await client.refused("/v1/measures/enrolled", **{**PERIOD, **query})
    assert found[:2] == (status, code)
    assert told in found[2]


async def test_an_unknown_measure_is_not_found(client: Client) -> None:
    assert (await client.refused("/v1/measures/happiness", **PERIOD))[:2] == (404, "reporting.unknown_measure")


async def test_the_units_of_a_sum_and_of_a_cost_have_their_amounts(client: Client) -> None:
    spent = (await client.get("/v1/measures/spent/units", **PERIOD))["items"]
    assert [(unit["on_date"], unit["amount"]) for unit in spent] == [("2019-05-06", 1_234_500)]
    parts = (await client.get("/v1/measures/cost_per_placement/units", **PERIOD))["items"]
    assert sorted(part["amount"] for part in parts) == [0, 0, 1_234_500]
    assert spent[0]["unit"] in {part["unit"] for part in parts}


async def test_a_cost_is_compared_between_groups_as_a_rate_is(client: Client) -> None:
    found = await client.get("/v1/measures/cost_per_placement/gaps", **PERIOD, by="year")
    assert found["all"] == {"numerator": 1_234_500, "denominator": 2, "value": 617_250}
    assert [(row["year"], row["value"], row["ratio"]) for row in found["rows"]] == [
        (2019, 1_234_500, 2.0),
        (2020, 0, 0.0),
    ]


async def test_the_list_of_measures_declares_each(client: Client) -> None:
    found = {measure["name"]: measure for measure in await client.get("/v1/measures")}
    assert len(found) == len(NEWEST.measures.measures)
    placements = found["placements"]
    assert (placements["event_time"], placements["reading"], placements["value"]) == (
        "start of the link",
        "flow",
        "count",
    )
    for measure in found.values():
        assert set(measure["definition"]) == set(measure["title"]) == {"it", "en"}
        assert all(measure["definition"].values())


async def test_the_units_behind_a_figure_come_in_pages_and_are_as_many_as_the_figure(client: Client) -> None:
    path = "/v1/measures/enrolled/units"
    first = await client.get(path, **PERIOD, limit=2)
    rest = await client.get(path, **PERIOD, limit=2, after=first["next"])
    units = [*first["items"], *rest["items"]]
    assert rest["next"] is None
    assert [unit["on_date"] for unit in units] == ["2019-03-04", "2019-03-05", "2019-03-06"]
    assert len({unit["unit"] for unit in units}) == 3
    assert (await client.refused(path, **PERIOD, after="nonsense"))[:2] == (422, "reporting.cursor")


@pytest.mark.parametrize(
    ("measure", "by"), [("placements", "year"), ("permanent_share", "gender"), ("spent", "source")]
)
async def test_the_statement_behind_a_figure_gives_its_rows(
    client: Client, filled: ReportingSettings, measure: str, by: str
) -> None:
    known = {**PERIOD, "by": by, "known_at": "2021-03-31"}
    told = await client.get(f"/v1/measures/{measure}/statement", **known)
    async with await psycopg.AsyncConnection.connect(filled.database_url) as connection:
        await connection.execute(f"set search_path to {told['schema']}")
        row = await (await connection.execute(told["sql"], told["parameters"])).fetchone()
    rows = (await client.get(f"/v1/measures/{measure}", **known))["rows"]
    assert row is not None
    for found in (row[0], rows):
        for each in found:
            each.pop("value", None) if "denominator" in each else None
    assert row[0] == rows
    assert (await client.refused(f"/v1/measures/{measure}/statement", **{**known, "by": "weather"}))[0] == 422


async def test_the_table_shows_the_same_figures_as_each_measure(client: Client) -> None:
    found = await client.get("/v1/coordination-table", **PERIOD, known_at="2021-03-31")
    for line in found["lines"]:
        query = {**PERIOD, "known_at": "2021-03-31"}
        assert [line["total"]] == (await client.get(f"/v1/measures/{line['measure']}", **query))["rows"]
        by_year = await client.get(f"/v1/measures/{line['measure']}", **query, by="year")
        assert line["by_year"] == by_year["rows"]
    parts = {(part["measure"], part["by"]): part for part in found["breakdowns"]}
    assert parts["placements", "gender"]["rows"] == [{"gender": "female", "value": 1}]
    assert parts["enrolled", "gender"]["total"] == 3


@pytest.mark.parametrize(
    ("path", "example"),
    [
        ("/v1/measures", examples.MEASURES),
        ("/v1/measures/placements", examples.FIGURE),
        ("/v1/measures/placements/units", examples.UNITS),
        ("/v1/measures/placements/statement", examples.STATEMENT),
        ("/v1/coordination-table", examples.TABLE),
    ],
)
async def test_the_examples_of_the_documentation_have_the_keys_of_real_answers(
    client: Client, path: str, example: Any
) -> None:
    query = {} if path == "/v1/measures" else PERIOD
    assert keys(example) == keys(await client.get(path, **query))
    documented = (await client.get("/openapi.json"))["paths"][path.replace("placements", "{name}")]
    assert documented["get"]["responses"]["200"]["content"]["application/json"]


@pytest.fixture
def terminal(client: Client, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """`insieme figures …`, which finds the service of this module at its address."""

    async def invoked(*arguments: str) -> Any:
        loop = asyncio.get_running_loop()

        def get(url: str, params: dict[str, str], timeout: float) -> httpx.Response:
            return asyncio.run_coroutine_threadsafe(client.http.get(url, params=params), loop).result(timeout)

        monkeypatch.setattr("httpx.get", get)
        return await asyncio.to_thread(CliRunner().invoke, figures.app, arguments)

    monkeypatch.setattr(figures, "console", Console(width=160))
    monkeypatch.setenv("INSIEME_REPORTING_URL", "http://reporting")
    return invoked


async def test_the_table_in_a_terminal_shows_counts_shares_and_how_far_it_reaches(terminal: Terminal) -> None:
    found = await terminal("table")
    assert found.exit_code == 0, found.output
    lines = [[cell.strip() for cell in line.strip("│").split("│")] for line in found.output.splitlines()]
    assert ["Placements", "1", "1", "2"] in lines
    assert ["total", "1", "2", "50.0 %"] in lines
    assert ["Spent", "12,345.00 €", "", "12,345.00 €"] in lines
    assert ["2019", "12,345.00 €", "1", "12,345.00 €"] in lines, "what a placement cost"
    assert ["total", "12,345.00 €", "50,000.00 €", "24.7 %"] in lines
    assert "Nothing in the period: course_completion_rate" in " ".join(found.output.split())
    assert ["female", "2", "66.7 % (2/3)"] in lines
    assert f"intake up to event {LAST_EVENT}, nothing from funding" in " ".join(found.output.split())


async def test_a_year_in_which_nothing_was_spent_shows_no_cost_of_anybody(terminal: Terminal) -> None:
    """Else those who were placed would have cost 0.00 € each."""
    found = await terminal("table", "--from", "2020-01-01")
    assert ["Placements", "1", "1"] in [
        [cell.strip() for cell in line.strip("│").split("│")] for line in found.output.splitlines()
    ]
    assert "Cost per placement" not in found.output
    assert "cost_per_placement" in found.output.split("Nothing in the period: ")[1]


async def test_one_figure_in_a_terminal_is_that_of_the_service(terminal: Terminal) -> None:
    found = await terminal("show", "placements", "--by", "year", "--known-at", "2021-03-31", "--json")
    assert json.loads(found.stdout)["rows"] == [{"year": 2019, "value": 1}]
    shown = (await terminal("show", "enrolled", "--by", "gender")).output
    assert ["female", "2"] in [[cell.strip() for cell in line.strip("│").split("│")] for line in shown.splitlines()]


async def test_every_measure_is_listed_in_a_terminal(terminal: Terminal) -> None:
    listed = {measure["name"] for measure in json.loads((await terminal("list", "--json")).stdout)}
    assert listed == set(NEWEST.measures.by_name)
    assert "first enrolment that was not voided" in " ".join((await terminal("list")).output.split())


async def test_a_refusal_in_a_terminal_is_a_sentence_and_exit_code_one(terminal: Terminal) -> None:
    found = await terminal("show", "enrolled", "--by", "contract_class")
    assert found.exit_code == 1
    assert "reporting.unknown_breakdown" in found.stderr
    assert "It has: year" in found.stderr


def test_a_service_that_is_away_is_a_sentence_and_exit_code_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSIEME_REPORTING_URL", "http://127.0.0.1:9")
    found = CliRunner().invoke(figures.app, ["table"])
    assert found.exit_code == 1
    assert "reporting does not answer at http://127.0.0.1:9" in found.stderr
