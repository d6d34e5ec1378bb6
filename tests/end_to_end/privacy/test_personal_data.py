"""Where personal data stand on a running platform, before and after the erasure of ten persons (decision 10)."""

from __future__ import annotations

import json
from uuid import UUID

import orjson
import pytest
from tests.end_to_end.platform import EVERY_SERVICE
from tests.end_to_end.privacy.canaries import SEALED_OF_ONE, Canary
from tests.end_to_end.privacy.planting import PLANTED_TYPE, plant
from tests.end_to_end.privacy.settling import FAILING
from tests.end_to_end.privacy.story import (
    CANARIES,
    ERASED,
    FIGURES,
    HOLDING,
    KEPT,
    TWIN,
    Moment,
    Story,
    key_vault,
    snapshot,
)

from insieme_events.catalogue import BY_TYPE, CONTRACTS, PARTITIONS, party_topic, position_topic, restricted_topic
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

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(600)]
PUBLISHING = tuple(PARTITIONS)
"""Every context that has topics."""

SEALED_FACTS = {
    Column("reporting", f"{DEFINITION.schema}.{fact.row.table}", name)
    for fact in DEFINITION.facts
    for name in fact.row.sealed
}
OF_PROFILES = {Column("matching", "views.job_profiles", name) for name in Canary(0).job_profile}
OF_TRAINING = {
    Column("training", f"views.{table}", name)
    for table, name in (
        ("participations", "association"),
        ("participations", "score"),
        ("sector_changes", "from_section"),
        ("sector_changes", "to_section"),
        ("job_losses", "pandemic"),
        ("language_levels", "level"),
    )
}
READABLE = SEALED_FACTS | {Column("intake", table, name) for table, name in READABLE_SEALED} | OF_PROFILES | OF_TRAINING
"""Where an opened value of a sealed field may stand until its person is erased."""
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
    for name in EVERY_SERVICE:
        assert (name, "events.cursors") in tables
        assert any(database == name and "alembic" in table for database, table in tables)
        assert snapshot.logs[f"{name}.log"]
        assert b"insieme_" in snapshot.logs[f"{name}.metrics"]
        assert f"insieme-{name}".encode() in snapshot.logs["spans"]
    for name in set(EVERY_SERVICE) - {"reporting"}:
        assert {(name, "events.events"), (name, "events.idempotency")} <= tables
    assert {("reporting", "events.dead_letters"), ("intake", "vault.identities"), ("keys", "keys.keys")} <= tables
    assert {("intake", "vault.referral_details"), ("matching", "directory.companies")} <= tables
    assert ("reporting", "events.events") in {
        (c.database, c.table) for c, values in story.after.snapshot.columns.items() if any(values)
    }
    topics = {record.topic for record in story.after.snapshot.records}
    for context in PUBLISHING:
        assert {restricted_topic(prefix, context), position_topic(prefix, context)} <= topics
        speaks = any(c.reduced is not None for c in CONTRACTS if c.event.context == context)
        assert (party_topic(prefix, context) in topics) == speaks


def test_no_identity_string_stands_outside_the_vault(moment: Moment) -> None:
    assert privacy.holding(moment.snapshot, all_forms([*CANARIES, TWIN])) == set()


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
        assert (status, {**canary.kept, **answer}) == (200, canary.kept), "what was given comes back"
    for canary in (*ERASED, TWIN):
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
    everybody = [*CANARIES, TWIN]
    there = everybody if moment is story.before else KEPT
    assert opened == {story.persons[c.number]: Identity.model_validate(c.identity) for c in there}
    destroyed = {str(person) for person, wrapped in keys.items() if wrapped is None}
    assert destroyed == {story.persons[c.number] for c in everybody if c not in there}


def test_every_sealed_path_of_the_catalogue_is_ciphertext(story: Story, moment: Moment) -> None:
    prefix = story.platform.provisioned.topic_prefix
    for context in PUBLISHING:
        own = {contract.name for contract in privacy.SEALED if contract.event.context == context}
        for walk in (
            privacy.walk_store(moment.snapshot, context),
            privacy.walk_topic(moment.snapshot, restricted_topic(prefix, context)),
        ):
            assert walk.met.keys() == own, "the history has every contract that seals"
            assert (walk.open, walk.strangers) == (set(), set())
    letters = {name: privacy.walk_dead_letters(moment.snapshot, name) for name in EVERY_SERVICE}
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
        assert privacy.beyond_party_form(moment.snapshot, topic) == set()


def test_readable_sealed_values_stand_only_where_the_lists_say(story: Story) -> None:
    found = privacy.showing(story.before.snapshot, SEALED_OF_ONE)
    assert found.keys() <= READABLE | OF_NOBODY
    case_versions = f"{DEFINITION.schema}.case_versions"
    assert found[Column("reporting", case_versions, "birth_month")] == {"1931-07"}
    assert found[Column("reporting", case_versions, "comune")] == {"037014"}
    assert found[Column("intake", "views.cases", "comune")] == {"037031"}
    assert found[Column("intake", "views.cases", "fragility_band")] == {"high"}
    assert found[Column("training", "views.language_levels", "level")] == {"pre_a1"}
    assert found[Column("matching", "views.job_profiles", "languages")] == {"zz:c2"}


def test_after_the_erasure_no_readable_value_is_left(story: Story) -> None:
    assert privacy.showing(story.after.snapshot, SEALED_OF_ONE).keys() <= OF_NOBODY


def test_after_the_erasure_every_row_of_the_ten_is_blank(story: Story) -> None:
    """As each service writes it: `unknown`, nothing, or an empty list; and of nobody else."""
    erased = {
        "case_id": {story.cases[canary.number].encode() for canary in ERASED},
        "person_id": {story.persons[canary.number].encode() for canary in ERASED},
    }
    taking_part = story.before.snapshot.rows("training", "views.participations", "participation_id", "person_id")
    erased["participation_id"] = {one for one, person in taking_part if one and person in erased["person_id"]}
    seen = 0
    for column in READABLE:
        blank = blank_of(column)
        for moment in (story.before, story.after):
            there = [name for name in erased if Column(column.database, column.table, name) in moment.snapshot.columns]
            key = "case_id" if "case_id" in there else "person_id" if "person_id" in there else there[0]
            rows = list(moment.snapshot.rows(column.database, column.table, key, column.name))
            values = [value for of, value in rows if of in erased[key]]
            assert values, column
            assert all(value == blank for value in values) is (moment is story.after), column
            kept = [value for of, value in rows if of not in erased[key]]
            assert any(value != blank for value in kept), column
            seen += len(values)
    assert seen > 2 * len(READABLE) * len(ERASED)


def blank_of(column: Column) -> bytes | None:
    if column in OF_PROFILES:
        return b"{}"
    return None if column in OF_TRAINING and column.name != "level" else b"unknown"


async def test_after_the_erasure_sealed_fields_open_as_erased(story: Story) -> None:
    """With the keys that are there now, on the events that the stores have now; the others open as before."""
    erased = {story.persons[canary.number] for canary in (*ERASED, TWIN)}
    opened: dict[bool, set[str]] = {True: set(), False: set()}
    async with open_pool(story.platform.provisioned.urls["intake@keys"], 1, "opening") as pool:
        keys = await key_vault(story.platform.provisioned, pool).read({UUID(p) for p in story.persons.values()})
    for context in {contract.event.context for contract in privacy.SEALED}:
        rows = story.after.snapshot.rows(context, "events.events", "event_id", "type", "data")
        for event_id, kind, data in rows:
            assert event_id is not None
            assert kind is not None
            contract = BY_TYPE[f"it.insiemeperillavoro.{context}.{kind.decode()}.v1"]
            names = contract.event.sealed_fields()
            if names:
                content = orjson.loads(data or b"")
                values = open_fields(contract.event, content, UUID(event_id.decode()), keys)
                opened[content["person_id"] in erased] |= {str(values[name]) for name in names}
    assert opened[True] == {ERASED_VALUE.value}
    assert {"navile", "037006", "medium", "1950-11", "a2", "goals_reached", "cna"} <= opened[False]
    assert ERASED_VALUE.value not in opened[False]


def test_each_service_tells_the_person_what_it_holds(story: Story) -> None:
    """Every event of a store that names the person, by a scan of the store; under both ids of whoever has two."""
    for canary in CANARIES:
        ids = {story.persons[canary.number]} | ({story.persons[TWIN.number]} if canary.number == 1 else set())
        for service in HOLDING:
            status, part = story.before.parts[service, canary.number]
            assert (status, part["service"]) == (200, service)
            told = {(each["stream"], each["sequence"]) for each in part["events"]}
            assert told == naming(story.before.snapshot, service, ids), (service, canary.number)
            assert {each.get("person_id", next(iter(ids))) for each in part["events"]} <= ids
        assert [each["codice_fiscale"] for each in story.before.parts["intake", canary.number][1]["identities"]] == [
            each.on_the_card for each in ([TWIN, canary] if len(ids) == 2 else [canary])
        ]
    marked = {service: str(story.before.parts[service, 0][1]) for service in HOLDING}
    for service, value in (
        ("intake", "self_employment_ended"),
        ("intake", "health_service"),
        ("matching", "9.9.9.9.9"),
        ("matching", "not_reached"),
        ("training", "pre_a1"),
        ("funding", "suitable"),
        ("reporting", "stateless"),
    ):
        assert value in marked[service], (service, value)


def naming(snapshot: Snapshot, service: str, ids: set[str]) -> set[tuple[str, int]]:
    """Where the events stand that name one of these persons, in whichever field."""
    found = set()
    for stream, version, data in snapshot.rows(service, "events.events", "stream", "version", "data"):
        content = orjson.loads(data or b"{}")
        named = {content.get(name) for name in ("person_id", "proposer_id", "merged_id")} & ids
        if named and stream is not None and version is not None:
            found.add((stream.decode(), int(version)))
    return found


def test_the_document_is_of_all_services_or_is_refused(story: Story) -> None:
    """Of number 11 both times; of number 1, who is erased, before only."""
    for number in (1, 11):
        whole = story.before.documents[number]
        assert whole.exit_code == 0, whole.output
        document = json.loads(whole.stdout)
        assert document["parts"].keys() == set(HOLDING)
        identity = document["parts"]["intake"]["identities"][-1]
        assert {**CANARIES[number].kept, **identity} == CANARIES[number].kept
        assert all(document["parts"][service] for service in HOLDING)
    assert story.after.documents[11].exit_code == 0
    refused = story.after.documents[1]
    assert refused.exit_code == 1
    assert refused.stdout == ""
    assert "intake has erased this person" in refused.stderr
    for service in HOLDING:
        for canary in (*ERASED, TWIN):
            status, answer = story.after.parts[service, canary.number]
            assert (status, answer["code"]) == (409, f"{service}.data_erased")
        for canary in KEPT:
            assert story.after.parts[service, canary.number][0] == 200


def test_every_service_has_answered_every_erasure_once(story: Story) -> None:
    everyone = sorted(story.persons[canary.number] for canary in (*ERASED, TWIN))
    for service in HOLDING:
        rows = story.after_again.rows(service, "events.events", "type", "stream", "data")
        own = [
            orjson.loads(data or b"{}")
            for kind, stream, data in rows
            if kind == b"ErasureCompleted" and not (stream or b"").startswith(b"person-")
        ]
        if service != "intake":
            assert sorted(each["person_id"] for each in own) == everyone
    noted = story.after_again.rows("intake", "views.persons", "person_id", "erasure_completed_by")
    for person, completed in noted:
        if person is not None and person.decode() in everyone:
            assert sorted((completed or b"").decode().strip("{}").split(",")) == sorted(HOLDING)


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
        *((name, "events.events") for name in EVERY_SERVICE if name != "intake"),
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
        *(Column(service, "events.idempotency", "fingerprint") for service in ("intake", "funding", "governance")),
        Column("reporting", "events.dead_letters", "value"),
        f"topic {party}",
        "log planted.log",
    }
    band = ("FragilityAssessed", ("band",))
    assert privacy.walk_store(found, "intake").open == {("intake store", *band)}
    assert privacy.walk_store(found, "training").open == {("training store", "LanguageLevelAssessed", ("level",))}
    letters = privacy.walk_dead_letters(found, "reporting")
    assert (letters.open, letters.strangers) == ({("reporting dead letters", *band)}, {"reporting dead letters"})
    assert privacy.walk_topic(found, stray).open == {(stray, *band)}
    assert (PLANTED_TYPE, "band") in privacy.beyond_party_form(found, party)
    in_the_open = {Column("intake", "events.events", "data"), Column("reporting", "events.dead_letters", "value")}
    assert privacy.showing(found, ("low",)).keys() == in_the_open | {f"topic {party}", f"topic {stray}"}
