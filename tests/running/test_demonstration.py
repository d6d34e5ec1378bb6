"""A tenth of the demonstration on real servers: stopped twice and resumed, and every figure as its own ledger says.

The digest is compared with that of the same commands decided on paper, one after the other and without a store.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

import psycopg
import pytest
from tests.end_to_end.nursery import Command, Nursery
from tests.end_to_end.platform import THE_PATH_OF_A_PERSON, Platform
from tests.unit.demo.on_paper import Paper

from insieme_demo import digest, ledger, load, plan, training_story
from insieme_demo.happening import Kind
from insieme_demo.ledger import LaterLedger, Ledger
from insieme_demo.plan import Month, Plan
from insieme_events.contracts import DomainEvent
from insieme_events.waiting import applied
from insieme_local.folders import Folders
from insieme_local.provision import Provisioned
from insieme_local.servers import Servers
from insieme_local.service import inherited
from insieme_local.testing import session_folders

pytestmark = pytest.mark.timeout(600)

SEED, SCALE = 4, 0.1
"""A seed in whose history one batch voids an enrolment and corrects characteristics: both name earlier events."""
LOAD = ("load", "--scale", str(SCALE), "--seed", str(SEED), "--onwards")
TOLD = ("intake", "matching", "governance", "training", "funding")
"""The services that the history is written to, in the order of the digest."""
SINCE = {"from": "2017-06-01", "to": "2021-12-31"}
AFTER = {"from": "2022-01-01", "to": "2026-06-30"}
TERM = """
select type, count(*) from events.events
where type in ('PartyWithdrew', 'ProtocolExpired', 'ProtocolExpiryWarned', 'ProtocolRenewed')
group by type order by type
"""
ENROLLED_AFTER = "select count(*) from events.events where type = 'PersonEnrolled' and occurred_on > '2026-03-03'"
PATIENCE = 120.0

LINKS = """
select extract(year from occurred_on)::int, count(*), array_agg(data->>'person_id') from events.events e
where type in ('PlacementStarted', 'PlacementExtended')
  and not exists (select from events.events v where v.stream = e.stream and v.type = 'PlacementVoided')
group by 1
"""
PERSONS = """
select count(distinct data->>'person_id') from events.events e
where type = %s and not exists (select from events.events v where v.stream = e.stream and v.type = 'EnrolmentVoided')
  and not exists (select from views.persons p where p.person_id::text = data->>'person_id' and merged_into is not null)
"""
ANSWERED = """
select data->>'person_id', array_agg(data->>'service' order by data->>'service') from events.events
where type = 'ErasureCompleted' group by 1
"""
IN_THE_VAULT = """
select count(*) from views.persons p join vault.identities i using (person_id) where p.erased_on is not null
"""


class Demonstration:
    """The program `insieme-demo`, told of the platform as `make run` tells it."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.environment = {**inherited(), **platform.provisioned.environment()}

    def start(self, *words: str) -> Command:
        assert self.platform.nursery is not None
        folder = self.platform.folders.logs
        return self.platform.nursery.command("insieme-demo", *words, environment=self.environment, folder=folder)

    def run(self, *words: str) -> str:
        code, said = self.ended(*words)
        assert code == 0, said
        return said

    def ended(self, *words: str) -> tuple[int, str]:
        code, said, complained = self.start(*words).ended(400)
        return code, said + complained

    def stopped_at(self, events: int, how: signal.Signals) -> tuple[int, str]:
        """Loads until intake's store holds so many events; the exit code and what was said."""
        child = self.start(*LOAD)
        while self.count("intake", "select count(*) from events.events") < events:
            assert child.process.poll() is None, "the load ended before it was stopped"
            time.sleep(0.05)
        child.process.send_signal(how)
        code, said, complained = child.ended(60)
        return code, said + complained

    def count(self, service: str, query: str, *values: str) -> int:
        return int(self.rows(service, query, *values)[0][0])

    def rows(self, service: str, query: str, *values: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.platform.provisioned.urls[service]) as connection:
            return connection.execute(query, values).fetchall()


@pytest.fixture(scope="module")
def platform(provisioned: Provisioned, servers: Servers, young: Nursery) -> Iterator[Platform]:
    """Every service, as `make run` has them: what they know of the agreement, governance has told them."""
    made = Platform(provisioned, Folders(session_folders().root / f"platform-{provisioned.topic_prefix}"), young)
    try:
        made.prepare_all()
        made.start_all(("governance", "training", "funding", *THE_PATH_OF_A_PERSON))
        yield made
    finally:
        made.stop_all()


@pytest.fixture(scope="module")
def made() -> Plan:
    return plan.make(SEED, SCALE, onwards=True)


@pytest.fixture(scope="module")
def loaded(platform: Platform, made: Plan) -> Loaded:
    """Stopped by Ctrl-C in the middle, killed later on, ended before training's part of a month, then loaded whole."""
    demonstration = Demonstration(platform)
    stopped = demonstration.stopped_at(2500, signal.SIGINT)
    killed, _ = demonstration.stopped_at(5000, signal.SIGKILL)
    assert killed == -signal.SIGKILL
    with pytest.MonkeyPatch.context() as patched:
        for name, value in demonstration.environment.items():
            patched.setenv(name, value)
        asyncio.run(until_a_course_is_planned(made))
    return demonstration, stopped, demonstration.run(*LOAD)


Loaded = tuple[Demonstration, tuple[int, str], str]


async def until_a_course_is_planned(made: Plan) -> None:
    """The months until a course is planned, and of that one all but what training and funding are told; then as long as
    training needs to hear what matching says of the need for that course, and to put aside what it cannot do.
    """
    needs = {f"{Kind.NEED}-{h.orders[0].stream_id}" for h in training_story.of_matching(Random(), SEED, made.courses)}
    months = list(plan.months(made))
    first = next(n for n, month in enumerate(months) if month.training)
    cut = Month(months[first].year, months[first].month, *months[first].services[:3])
    async with load.services() as to:
        await load.tell(to, made, [*months[:first], cut])
        streams = await load.last_versions(to.matching, needs)
        assert streams, "a need is declared"
        await applied(to.training.pool, "training.reactions", streams, PATIENCE)


@pytest.fixture(scope="module")
def expected(made: Plan) -> Ledger:
    """To the end of 2021."""
    return ledger.count(made)


@pytest.fixture(scope="module")
def after(made: Plan) -> LaterLedger:
    assert made.later is not None
    return ledger.count_later(made.later)


def test_a_load_that_was_stopped_says_so_and_goes_on(loaded: Loaded) -> None:
    _, (code, said), end = loaded
    assert code == 130
    assert "the next start goes on from there" in said
    assert "is loaded" in end
    assert "make run HISTORY=whole" in end


def test_a_batch_of_this_history_names_earlier_events_of_two_kinds() -> None:
    months = plan.months(plan.make(SEED, SCALE))
    named = [{o.refers.field for h in month.intake[-100:] for o in h.orders if o.refers} for month in months]
    assert {"voids", "corrects"} in named


def test_what_was_stopped_and_resumed_is_what_was_decided_on_paper(loaded: Loaded, made: Plan) -> None:
    paper = Paper()
    paper.write(plan.months(made))
    by_service: dict[str, dict[str, list[DomainEvent]]] = {service: {} for service in TOLD}
    for stream, events in paper.told().items():
        by_service[Kind(stream.partition("-")[0]).service][stream] = events
    on_paper = digest.whole(digest.of_events(by_service[service]) for service in TOLD)
    assert loaded[0].run("digest").strip() == on_paper


def test_a_second_load_finds_it_done(loaded: Loaded) -> None:
    before = loaded[0].count("intake", "select count(*) from events.events")
    assert "loaded already" in loaded[0].run(*LOAD)
    assert loaded[0].count("intake", "select count(*) from events.events") == before


def test_without_a_wish_the_history_that_stands_there_is_gone_on_with(loaded: Loaded) -> None:
    assert "loaded already" in loaded[0].run("load", "--seed", str(SEED))


def test_another_history_is_refused_beside_the_one_that_stands_there(loaded: Loaded) -> None:
    before = loaded[0].count("intake", "select count(*) from events.events")
    code, said = loaded[0].ended("load", "--scale", "0.05", "--seed", str(SEED))
    assert code == 1
    assert "demo.other_history" in said
    assert "make reset" in said
    assert loaded[0].count("intake", "select count(*) from events.events") == before


def test_without_its_mark_a_load_finds_every_happening_in_the_store(loaded: Loaded) -> None:
    """Stored answers are forgotten after some weeks."""
    demonstration, _, _ = loaded
    for service in TOLD:
        with psycopg.connect(demonstration.platform.provisioned.urls[f"{service}_owner"]) as connection:
            connection.execute("delete from events.idempotency")
    before = [demonstration.count(s, "select count(*) from events.events") for s in TOLD]
    assert "is loaded" in demonstration.run(*LOAD)
    assert before == [demonstration.count(s, "select count(*) from events.events") for s in TOLD]


def test_the_stores_hold_what_the_ledger_says(loaded: Loaded, expected: Ledger, after: LaterLedger) -> None:
    demonstration, _, _ = loaded
    more = sum(after.enrolled.values())
    assert demonstration.count("intake", PERSONS, "PersonEnrolled") == expected.enrolled + more
    assert demonstration.count("intake", PERSONS, "PersonTakenInCharge") == expected.taken_in_charge + more
    assert demonstration.count("intake", PERSONS, "InterviewHeld") == expected.interviewed + more
    links = demonstration.rows("matching", LINKS)
    assert {year: count for year, count, _ in links} == expected.placements_by_year | after.placements
    placed = expected.placed_persons + sum(after.placements.values())
    assert len({person for _, _, persons in links for person in persons}) == placed


def test_every_service_answered_each_erasure(loaded: Loaded) -> None:
    """The load is over once they have, and nobody's identity is left."""
    demonstration, _, _ = loaded
    answers = demonstration.rows("intake", ANSWERED)
    assert len(answers) == len(plan.make(SEED, SCALE).mending.erased) > 0
    for _, services in answers:
        assert services == ["funding", "intake", "matching", "reporting", "training"]
    assert demonstration.count("intake", IN_THE_VAULT) == 0


def test_no_service_put_an_event_of_it_aside(loaded: Loaded) -> None:
    for service in (*TOLD, "reporting"):
        assert loaded[0].rows(service, "select subscription, detail from events.dead_letters") == []


def test_nobody_is_placed_out_of_charge(loaded: Loaded) -> None:
    demonstration, _, _ = loaded
    assert demonstration.count("matching", "select count(*) from views.employments where flagged") == 0
    assert demonstration.count("matching", "select count(*) from views.employments") > 0


async def test_reporting_gives_what_the_ledger_says(loaded: Loaded, expected: Ledger) -> None:
    platform = loaded[0].platform
    comuni = {"comune": expected.enrolled_by_comune}
    genders = {"gender": expected.enrolled_by_gender}
    over_50 = {"over_50": expected.enrolled_over_50}
    await figure(platform, "placements", {"year": expected.placements_by_year})
    await figure(platform, "placements", {"gender": expected.placements_by_gender})
    await figure(platform, "enrolled", genders, comuni, over_50, {"year": expected.enrolled_by_year})
    await figure(platform, "taken_in_charge", {"": {"": expected.taken_in_charge}})
    await figure(platform, "interviewed", {"": {"": expected.interviewed}}, {"year": expected.interviewed_by_year})
    await figure(platform, "interviews", {"year": expected.interviews_by_year})
    await figure(platform, "in_target", {"year": expected.in_target_by_year})
    await figure(platform, "placed_persons", {"year": expected.placed_persons_by_year})
    await figure(platform, "first_time", {"year": expected.newcomers_by_year})
    await figure(platform, "renewals", {"year": expected.renewals_by_year})
    await figure(platform, "hiring_companies", {"year": expected.hiring_companies_by_year})
    courses = expected.courses.items()
    await figure(platform, "course_participants", {"course": {code: started for code, (started, _, _) in courses}})
    await figure(platform, "course_completed", {"course": {code: completed for code, (_, completed, _) in courses}})
    await figure(platform, "course_placed", {"course": {code: placed for code, (_, _, placed) in courses}})
    await figure(platform, "internships_started", {"year": expected.internships_by_year})
    await figure(platform, "internships_ended", {"year": expected.internships_ended_by_year})
    await figure(platform, "meetings_held", {"year": expected.meetings_by_year})
    await figure(platform, "resources_committed", {"year": expected.committed_by_year})
    await figure(platform, "planned", {"year": expected.planned_by_year})
    money = expected.money
    await figure(platform, "projects_submitted", {"year": money.submitted})
    await figure(platform, "projects_funded", {"year": money.funded})
    await figure(platform, "project_grants", {"year": money.granted})
    await figure(platform, "budget", {"year": money.budget})
    await figure(platform, "committed", {"year": money.committed})
    await figure(platform, "spent", {"year": money.spent})
    await figure(platform, "activities_funded", {"year": money.activities})
    await figure(platform, "microcredit_amount", {"year": money.microcredit})
    await figure(platform, "project_jobs", {"year": money.jobs})
    await figure(platform, "consolidation_actions", {"year": money.actions})
    for year, size in expected.board_by_year.items():
        on = {"from": f"{year}-01-01", "to": f"{year}-12-31"}
        await figure(platform, "board_size", {"": {"": size}}, period=on)


async def test_the_years_after_2021_are_as_the_ledger_says(loaded: Loaded, after: LaterLedger) -> None:
    platform = loaded[0].platform
    await figure(platform, "enrolled", {"year": after.enrolled}, period=AFTER)
    await figure(platform, "taken_in_charge", {"": {"": sum(after.enrolled.values())}}, period=AFTER)
    await figure(platform, "placements", {"year": after.placements}, period=AFTER)
    for n, measure in enumerate(("course_participants", "course_completed", "course_placed")):
        counts = {code: sizes[n] for code, sizes in after.courses.items() if sizes[n]}
        await figure(platform, measure, {"course": counts}, period=AFTER)
    await figure(platform, "internships_started", {"year": after.internships}, period=AFTER)
    await figure(platform, "internships_ended", {"year": after.internships_ended}, period=AFTER)
    await figure(platform, "meetings_held", {"year": after.meetings}, period=AFTER)
    await figure(platform, "resources_committed", {"year": after.committed}, period=AFTER)
    money = after.money
    await figure(platform, "projects_submitted", {"year": money.submitted}, period=AFTER)
    await figure(platform, "projects_funded", {"year": money.funded}, period=AFTER)
    await figure(platform, "project_grants", {"year": money.granted}, period=AFTER)
    await figure(platform, "budget", {"year": money.budget}, period=AFTER)
    await figure(platform, "committed", {"year": money.committed}, period=AFTER)
    await figure(platform, "spent", {"year": money.spent}, period=AFTER)
    await figure(platform, "activities_funded", {"year": money.activities}, period=AFTER)
    for day, size in after.board.items():
        on = {"from": f"{day.year}-01-01", "to": day.isoformat()}
        await figure(platform, "board_size", {"": {"": size}}, period=on)


def test_the_term_ended_without_a_renewal_and_somebody_is_enrolled_by_the_transitional_rule(loaded: Loaded) -> None:
    demonstration, _, _ = loaded
    protocol = demonstration.rows("governance", TERM)
    assert protocol == [("PartyWithdrew", 1), ("ProtocolExpired", 1), ("ProtocolExpiryWarned", 3)]
    assert demonstration.count("intake", ENROLLED_AFTER) > 0


async def figure(
    platform: Platform,
    measure: str,
    *breakdowns: Mapping[str, Mapping[Any, int]],
    period: Mapping[str, str] = SINCE,
) -> None:
    """Waits until the measure reads so, broken down by each; without a name it is the total."""
    for breakdown in breakdowns:
        ((by, values),) = breakdown.items()
        end = time.monotonic() + PATIENCE
        while True:
            rows = await platform.figure(measure, **period, **({"by": by} if by else {}))
            got = {row.get(by, ""): row["value"] for row in rows if row["value"]}
            if got == values or time.monotonic() > end:
                break
            await asyncio.sleep(0.5)
        assert got == values, f"{measure} by {by or 'nothing'}"
