"""Where personal data stand on a running platform, before and after the erasure of ten persons (decision 10)."""

from __future__ import annotations

from uuid import UUID

import orjson
import pytest
from tests.end_to_end.platform import THE_PATH_OF_A_PERSON
from tests.end_to_end.privacy.canaries import SEALED_OF_ONE, Canary
from tests.end_to_end.privacy.planting import PLANTED_TYPE, plant
from tests.end_to_end.privacy.story import CANARIES, ERASED, FAILING, FIGURES, KEPT, Moment, Story, key_vault, snapshot

from insieme_events.catalogue import BY_TYPE, party_topic, position_topic, restricted_topic
from insieme_events.contracts import ERASED as ERASED_VALUE
from insieme_events.sealing import open_fields
from insieme_events.service import open_pool
from insieme_events.testing import privacy
from insieme_events.testing.snapshot import Column, Snapshot
from insieme_events.vault import MasterKey, decrypt
from insieme_intake.vault import BOUND_TO, Identity
from insieme_intake.views import READABLE_SEALED
from insieme_local.servers import Servers
from insieme_reporting.versions import NEWEST

DEFINITION = NEWEST.definition

pytestmark = pytest.mark.end_to_end
PUBLISHING = ("intake", "matching")
NOT_TOLD = frozenset(
    {"JobProfileRegistered", "SelectionReasonsRecorded", "InternshipProjectRecorded", "InternshipEvaluated"}
)
"""Contracts that seal and that the journey of this test does not reach; each has a test of its own service."""

SEALED_FACTS = {
    Column("reporting", f"{DEFINITION.schema}.{fact.row.table}", name)
    for fact in DEFINITION.facts
    for name in fact.row.sealed
    if fact.row.context in PUBLISHING
}
"""Of the services of this journey; those of training have a test with every total (test_explained.py)."""

READABLE = SEALED_FACTS | {Column("intake", table, name) for table, name in READABLE_SEALED}
OF_NOBODY = {Column("reporting", "reference.territory", "comune")}
"""The list of all comuni."""


@pytest.fixture(params=["before", "after"])
def moment(request: pytest.FixtureRequest, story: Story) -> Moment:
    found: Moment = getattr(story, request.param)
    return found


def all_forms(canaries: list[Canary]) -> set[bytes]:
    return {form for canary in canaries for form in canary.forms()}


def vault_hashes(snapshot: Snapshot) -> set[bytes]:
    hashes = snapshot.columns[Column("intake", "vault.identities", "tax_code_hash")]
    return {form for raw in hashes if raw is not None for form in privacy.raw_forms(raw)}


def test_the_snapshot_holds_everything(story: Story) -> None:
    """Else the searches below would find nothing in nothing."""
    snapshot, prefix = story.before.snapshot, story.platform.provisioned.topic_prefix
    tables = {(column.database, column.table) for column, values in snapshot.columns.items() if any(values)}
    for name in ("intake", "matching"):
        assert {(name, "events.events"), (name, "events.idempotency"), (name, "events.parameters")} <= tables
    assert {("reporting", "events.dead_letters"), ("intake", "vault.identities"), ("keys", "keys.keys")} <= tables
    migrated = {database for database, table in tables if "alembic" in table}
    assert migrated == {"governance", "intake", "matching", "reporting", "keys"}
    topics = {record.topic for record in snapshot.records}
    for context in PUBLISHING:
        assert {topic(prefix, context) for topic in (restricted_topic, party_topic, position_topic)} <= topics
    assert {"intake.log", "matching.log", "reporting.log"} <= snapshot.logs.keys()
    assert snapshot.logs["intake.log"]


def test_no_identity_string_stands_outside_the_vault(moment: Moment) -> None:
    assert privacy.holding(moment.snapshot, all_forms(CANARIES)) == set()


def test_no_hash_of_the_vault_stands_outside_of_it(story: Story) -> None:
    """Nor does one that the erasure deleted stand anywhere afterwards."""
    before = vault_hashes(story.before.snapshot)
    assert privacy.holding(story.before.snapshot, before) == {Column("intake", "vault.identities", "tax_code_hash")}
    gone = before - vault_hashes(story.after.snapshot)
    assert gone
    assert privacy.holding(story.after.snapshot, gone) == set()


def test_the_identity_route_yields_everybody_who_is_not_erased(story: Story) -> None:
    for canary in CANARIES:
        status, answer = story.before.identities[canary.number]
        assert (status, {**canary.identity, **answer}) == (200, canary.identity), "what was given comes back"
    for canary in ERASED:
        status, answer = story.after.identities[canary.number]
        assert (status, answer["code"]) == (404, "intake.person_unknown")
    for canary in KEPT:
        assert story.after.identities[canary.number] == story.before.identities[canary.number]


def test_the_decrypted_table_yields_everybody_who_is_not_erased(story: Story, moment: Moment) -> None:
    """With the wrapped keys of the same moment: the ten are gone from the vault and from the keys."""
    master = MasterKey.from_base64(story.platform.provisioned.common["INSIEME_MASTER_KEY"])
    keys = {
        UUID(person.decode()): wrapped
        for person, wrapped in moment.snapshot.rows("keys", "keys.keys", "key_id", "wrapped")
        if person is not None
    }
    opened = {}
    for person, sealed in moment.snapshot.rows("intake", "vault.identities", "person_id", "sealed"):
        assert person is not None
        assert sealed is not None
        person_id = UUID(person.decode())
        wrapped = keys[person_id]
        assert wrapped is not None
        plain = decrypt(master.unwrap(person_id, wrapped), sealed, BOUND_TO + person_id.bytes)
        opened[str(person_id)] = Identity.model_validate_json(plain)
    there = CANARIES if moment is story.before else KEPT
    assert opened == {story.persons[c.number]: Identity.model_validate(c.identity) for c in there}
    destroyed = {str(person) for person, wrapped in keys.items() if wrapped is None}
    assert destroyed == {story.persons[c.number] for c in CANARIES if c not in there}


def test_every_sealed_path_of_the_catalogue_is_ciphertext(story: Story, moment: Moment) -> None:
    prefix = story.platform.provisioned.topic_prefix
    for context in PUBLISHING:
        own = {contract.name for contract in privacy.SEALED if contract.event.context == context}
        for walk in (
            privacy.walk_store(moment.snapshot, context),
            privacy.walk_topic(moment.snapshot, restricted_topic(prefix, context)),
        ):
            assert walk.met.keys() == own - NOT_TOLD, "the history has every other contract that seals"
            assert (walk.open, walk.strangers) == (set(), set())
    letters = {name: privacy.walk_dead_letters(moment.snapshot, name) for name in THE_PATH_OF_A_PERSON}
    assert letters["reporting"].met["FragilityAssessed"] == len(CANARIES)
    assert all((walk.open, walk.strangers) == (set(), set()) for walk in letters.values())


def test_the_reason_of_a_dead_letter_quotes_no_value(story: Story) -> None:
    details = {
        detail
        for subscription, reason, detail in story.before.snapshot.rows(
            "reporting", "events.dead_letters", "subscription", "reason", "detail"
        )
        if (subscription, reason) == (FAILING.encode(), b"failed")
    }
    assert all(detail is not None and detail.startswith(b"ValueError at apply:") for detail in details)
    assert len(details) == 1


def test_party_records_hold_what_their_contract_lists_and_nothing_sealed(story: Story, moment: Moment) -> None:
    prefix = story.platform.provisioned.topic_prefix
    for context in PUBLISHING:
        topic = party_topic(prefix, context)
        assert any(record.topic == topic for record in moment.snapshot.records)
        assert privacy.beyond_party_form(moment.snapshot, topic) == set()


def test_readable_sealed_values_stand_only_where_the_lists_say(story: Story) -> None:
    found = privacy.showing(story.before.snapshot, SEALED_OF_ONE)
    assert found.keys() <= READABLE | OF_NOBODY
    case_versions = f"{DEFINITION.schema}.case_versions"
    assert found[Column("reporting", case_versions, "birth_month")] == {"1931-07"}
    assert found[Column("reporting", case_versions, "comune")] == {"037014"}
    assert found[Column("intake", "views.cases", "comune")] == {"037031"}
    assert found[Column("intake", "views.cases", "fragility_band")] == {"high"}


def test_after_the_erasure_no_readable_value_is_left(story: Story) -> None:
    assert privacy.showing(story.after.snapshot, SEALED_OF_ONE).keys() <= OF_NOBODY


def test_after_the_erasure_every_version_row_reads_unknown(story: Story) -> None:
    erased_by = {
        "case_id": {story.cases[canary.number].encode() for canary in ERASED},
        "person_id": {story.persons[canary.number].encode() for canary in ERASED},
    }
    seen = 0
    for moment, expected in ((story.before, False), (story.after, True)):
        for column in READABLE:
            of_case = Column(column.database, column.table, "case_id") in moment.snapshot.columns
            key = "case_id" if of_case else "person_id"
            erased = erased_by[key]
            rows = list(moment.snapshot.rows(column.database, column.table, key, column.name))
            values = [value for of, value in rows if of in erased]
            assert values
            assert any(value == b"unknown" for value in values) is expected
            assert all(value == b"unknown" for value in values) is expected
            kept = [value for of, value in rows if of not in erased]
            assert b"unknown" not in kept
            seen += len(values)
    assert seen > 2 * len(READABLE) * len(ERASED)


async def test_after_the_erasure_sealed_fields_open_as_erased(story: Story) -> None:
    """With the keys that are there now, on the events that the store has now; the others open as before."""
    erased = {story.persons[canary.number] for canary in ERASED}
    opened: dict[bool, set[object]] = {True: set(), False: set()}
    async with open_pool(story.platform.provisioned.urls["intake@keys"], 1, "opening") as pool:
        keys = await key_vault(story.platform.provisioned, pool).read({UUID(p) for p in story.persons.values()})
    for event_id, kind, data in story.after.snapshot.rows("intake", "events.events", "event_id", "type", "data"):
        assert event_id is not None
        assert kind is not None
        contract = BY_TYPE[f"it.insiemeperillavoro.intake.{kind.decode()}.v1"]
        names = contract.event.sealed_fields()
        if names:
            content = orjson.loads(data or b"")
            values = open_fields(contract.event, content, UUID(event_id.decode()), keys)
            opened[content["person_id"] in erased] |= {values[name] for name in names}
    assert opened[True] == {ERASED_VALUE.value}
    assert {"navile", "037006", "medium", "1950-11"} <= opened[False]
    assert ERASED_VALUE.value not in opened[False]


def test_totals_stay_and_breakdowns_show_the_ten_as_unknown(story: Story) -> None:
    before, after = story.before.figures, story.after.figures
    for measure, breakdowns in FIGURES.items():
        assert after[measure, None] == before[measure, None] == {None: len(CANARIES)}
        for by in breakdowns:
            assert sum(after[measure, by].values()) == len(CANARIES)
            assert "unknown" not in before[measure, by]
            assert after[measure, by]["unknown"] == len(ERASED)


def test_erasing_twice_changes_nothing(story: Story) -> None:
    again = story.after_again
    for database, table in (
        ("intake", "events.events"),
        ("intake", "views.persons"),
        ("intake", "views.cases"),
        ("keys", "keys.keys"),
        ("reporting", f"{DEFINITION.schema}.case_versions"),
    ):
        columns = [c.name for c in again.columns if (c.database, c.table) == (database, table)]
        assert sorted(again.rows(database, table, *columns), key=str) == sorted(
            story.after.snapshot.rows(database, table, *columns), key=str
        ), table


def test_an_erased_person_who_applies_again_is_a_new_person(story: Story) -> None:
    assert story.newcomer["person_id"] not in story.persons.values()
    assert story.newcomer["erased_on"] is None
    assert story.figures_with_newcomer["enrolled", None] == {None: len(CANARIES) + 1}
    assert story.figures_with_newcomer["enrolled", "citizenship"]["stateless"] == 1
    assert story.figures_with_newcomer["enrolled", "citizenship"]["unknown"] == len(ERASED)


def test_what_is_planted_is_found(story: Story, servers: Servers) -> None:
    """The control: an erased canary's strings and a sealed value in the open, in all kinds of places."""
    planted, prefix = ERASED[-1], story.platform.provisioned.topic_prefix
    plant(story.platform, servers, planted)
    found = snapshot(story.platform, servers)
    party, stray = party_topic(prefix, "intake"), f"{prefix}.planted"
    places = privacy.holding(found, planted.forms())
    assert {p for p in places if not (isinstance(p, Column) and p.table == "pg_catalog.pg_statistic")} == {
        Column("intake", "views.interviews", "kind"),
        Column("intake", "events.idempotency", "fingerprint"),
        Column("reporting", "events.dead_letters", "value"),
        f"topic {party}",
        "log planted.log",
    }
    band = ("FragilityAssessed", ("band",))
    assert privacy.walk_store(found, "intake").open == {("intake store", *band)}
    letters = privacy.walk_dead_letters(found, "reporting")
    assert (letters.open, letters.strangers) == ({("reporting dead letters", *band)}, {"reporting dead letters"})
    assert privacy.walk_topic(found, stray).open == {(stray, *band)}
    assert (PLANTED_TYPE, "band") in privacy.beyond_party_form(found, party)
    in_the_open = {Column("intake", "events.events", "data"), Column("reporting", "events.dead_letters", "value")}
    assert privacy.showing(found, ("low",)).keys() == in_the_open | {f"topic {party}", f"topic {stray}"}
