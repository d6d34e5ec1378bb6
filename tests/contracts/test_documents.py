"""What every route of every service promises to whoever reads its OpenAPI document: no route is an exception unsaid."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator, FormatChecker
from tests.transitions.services import SERVICES

from insieme_events import many_api
from insieme_events.decider import Refused
from insieme_events.problems import MEDIA_TYPE
from insieme_events.service import Role, ServiceDefinition, create_app

pytestmark = pytest.mark.unit

NOTHING: Any = None
"""Settings are read when the application starts, and here it does not."""

OPERATIONS = "/v1/operations/"
ASKED_BY_OPERATORS = {"/v1/legacy-figures", "/v1/companies/{company_id}/directory-entry"}
"""Writes without a stream: repeated, they write the same again, so they need neither key nor version."""

MADE_BY_THE_COMMAND = {
    "/v1/sector-changes/{person_id}",
    "/v1/board/{company_id}/membership",
    "/v1/plan-years/{year}/commitments",
    "/v1/plan-years/{year}/cash",
    "/v1/plan-years/{year}/draft",
    "/v1/annual-presentations/{year}",
    "/v1/board/{company_id}/leaving",
    "/v1/plan-years/{year}/closing",
    "/v1/job-profiles",
    "/v1/interventions",
}
"""What these paths name need not be there before: the command begins it, or refuses for another reason."""

BOUNDED = {
    "intake": {
        "/v1/cohorts/{dimension}": "the values of one dimension",
        "/v1/family-supports/by-kind": "the kinds of support",
        "/v1/referrals/by-channel": "the classes of channels",
        "/v1/referrals/from-caritas": "one count",
        "/v1/interventions/duplicates": "counts",
        "/v1/interventions/complementarity": "counts",
        "/v1/follow-ups/due": "what is due and not done",
        "/v1/duplicates": "suggestions that nobody answered",
        "/v1/erasures/open": "erasures that wait for an answer",
    },
    "matching": {
        "/v1/companies/network": "counts",
        "/v1/companies/introduced": "the parties of the protocol",
        "/v1/needs/by-profile": "the profiles of the vocabulary",
        "/v1/vacancies/{vacancy_id}/ranking": "as many as `limit` says, the first of them",
        "/v1/job-profiles/supply-demand": "the profiles of the vocabulary",
        "/v1/internships/outcomes": "counts",
        "/v1/internships/hours": "counts",
        "/v1/employments/kept": "counts",
    },
    "training": {
        "/v1/courses/{course_id}/waiting-list": "who waits for one course",
        "/v1/courses/{course_id}/attendance": "the lessons of one course",
        "/v1/summaries/training-by-strand": "the strands",
        "/v1/summaries/training-2a-by-module": "the five modules",
        "/v1/summaries/training-2c-by-proposer": "the parties of the protocol",
    },
    "funding": {
        "/v1/plans/{year}/ceilings": "sources and strands of one year",
        "/v1/project-funnel": "the strands",
        "/v1/project-jobs": "the strands",
        "/v1/project-survival": "strands and three marks",
        "/v1/project-consolidation": "the kinds of support",
        "/v1/expenditure": "sources, parties and strands of one year",
        "/v1/cost-shares": "the promoters",
    },
    "governance": {
        "/v1/parties": "the parties of one protocol",
        "/v1/delegates": "the parties of one protocol",
        "/v1/roles": "the roles",
        "/v1/seats": "the parties of one protocol",
        "/v1/ownership": "one",
        "/v1/bodies/{body_id}/compliance": "the gaps of one body",
        "/v1/attendance": "parties and bodies",
        "/v1/plan-years/{year}/resources": "the sources of one year",
        "/v1/plan-years/{year}/commitments-missing": "the promoters",
        "/v1/register-views/contribution-by-party": "the parties",
        "/v1/register-views/outreach-coverage": "the territories",
        "/v1/register-views/association-outreach-by-party": "the parties",
        "/v1/register-views/visibility-by-party": "the parties",
        "/v1/register-views/visibility-by-theme": "the themes",
        "/v1/register-views/capacity": "the guarantors",
        "/v1/register-views/complementarity": "the regional measures",
    },
    "reporting": {
        "/v1/measures": "the measures",
        "/v1/measures/{name}": "the values of three breakdowns",
        "/v1/measures/{name}/gaps": "the values of three breakdowns",
        "/v1/measures/{name}/series": "the years",
        "/v1/coordination-table": "the measures",
        "/v1/legacy-figures": "what was published",
    },
}
"""Reads that answer no page, each with what bounds it."""

BY_ITSELF = {
    "intake.erasure_not_due": "a timer",
    "intake.not_erased": "a timer, and services' answers",
    "intake.interview_not_due": "a timer",
    "intake.follow_up_not_due": "a timer",
    "intake.plan_not_due": "a timer",
    "matching.no_agreement": "a reaction to training",
    "matching.profile_withdrawn": "an erasure",
    "matching.reply_not_awaited": "a timer",
    "matching.reply_not_due": "a timer",
    "matching.reservation_moved": "a reaction to training",
    "matching.reservation_unknown": "a reaction to training",
    "funding.reduction_does_not_fit": "a reaction to governance",
    "governance.amendment_unknown": "a reaction to funding",
    "governance.commitment_not_due": "a timer",
    "governance.no_cadence": "a timer",
    "governance.owes_no_commitment": "a timer",
    "governance.presentation_not_overdue": "a timer",
    "governance.presentation_not_owed": "a timer",
    "governance.study_start_not_overdue": "a timer",
    "governance.term_runs": "a timer",
}
"""Refusals that no client meets, each with who does."""


@dataclass(frozen=True)
class Route:
    service: str
    path: str
    method: str
    operation: dict[str, Any]

    @property
    def named(self) -> set[str]:
        return {each["name"].lower() for each in self.operation.get("parameters", ()) if each["in"] != "path"}

    @property
    def filters(self) -> set[str]:
        asked = {each["name"] for each in self.operation.get("parameters", ()) if each["in"] == "query"}
        return asked - {"limit", "after", "wait_for"}

    def codes(self, status: int | None = None) -> set[str]:
        """What it may refuse with."""
        answers = self.operation["responses"]
        wanted = [each for each in answers if not each.startswith("2") and status in (None, int(each))]
        return {code for each in wanted for code in answers[each]["content"][MEDIA_TYPE]["examples"]}


@cache
def definition(service: str) -> ServiceDefinition:
    found: ServiceDefinition = importlib.import_module(f"insieme_{service}.service").SERVICE
    return found


@cache
def document(service: str) -> dict[str, Any]:
    return create_app(definition(service), NOTHING, Role.HTTP).openapi()


def routes(service: str) -> list[Route]:
    """Its own routes; those of dead letters are the same in every service."""
    return [
        Route(service, path, method, operation)
        for path, operations in document(service)["paths"].items()
        if not path.startswith(OPERATIONS)
        for method, operation in operations.items()
    ]


def commands(service: str) -> list[Route]:
    return [route for route in routes(service) if route.method != "get"]


def reads(service: str) -> list[Route]:
    return [route for route in routes(service) if route.method == "get"]


each_service = pytest.mark.parametrize("service", SERVICES)


@each_service
def test_every_route_says_what_it_does(service: str) -> None:
    silent = [(route.method, route.path) for route in routes(service) if not route.operation.get("description")]
    assert silent == []


def fits(schema: dict[str, Any], value: Any, service: str) -> list[str]:
    whole = {"components": document(service)["components"], **schema}
    return [error.message for error in Draft202012Validator(whole, format_checker=FormatChecker()).iter_errors(value)]


def shown_bodies(route: Route) -> list[Any]:
    schema = route.operation["requestBody"]["content"]["application/json"]["schema"]
    model = document(route.service)["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], {})
    return schema.get("examples") or model.get("examples") or []


@each_service
def test_every_body_is_shown_by_a_value_that_fits(service: str) -> None:
    wrong = []
    for route in commands(service):
        if "requestBody" not in route.operation:
            continue
        schema = route.operation["requestBody"]["content"]["application/json"]["schema"]
        shown = shown_bodies(route)
        wrong += [(route.path, "nothing shown")] if not shown else []
        wrong += [(route.path, error) for example in shown for error in fits(schema, example, service)]
    assert wrong == []


@each_service
def test_every_answer_is_shown_by_a_value_that_fits(service: str) -> None:
    wrong = []
    for route in routes(service):
        for status, answer in route.operation["responses"].items():
            body = answer.get("content", {}).get("application/json")
            if not status.startswith("2") or body is None:
                continue
            shown = [body["example"]] if "example" in body else [one["value"] for one in body["examples"].values()]
            wrong += [(route.path, error) for value in shown for error in fits(body["schema"], value, service)]
    assert wrong == []


@each_service
def test_every_refusal_is_listed_with_its_clause(service: str) -> None:
    for route in routes(service):
        for status, answer in route.operation["responses"].items():
            if status.startswith("2"):
                continue
            assert set(answer["content"]) == {MEDIA_TYPE}, route.path
            for code, example in answer["content"][MEDIA_TYPE]["examples"].items():
                problem = example["value"]
                assert re.fullmatch(r"[a-z]+\.[a-z_]+", code), code
                assert (problem["code"], problem["status"]) == (code, int(status))
                assert re.fullmatch(r"P\d\d", problem.get("clause", "P00"))
                named = f"{code} ({problem['clause']})" if "clause" in problem else code
                assert named in answer["description"]


@each_service
def test_a_command_is_sent_once_and_on_the_version_that_was_read(service: str) -> None:
    for route in commands(service):
        if route.path in ASKED_BY_OPERATORS | {many_api.PATH}:
            # Of many commands in one request each has a key and a version of its own.
            continue
        assert {"idempotency-key", "if-match"} <= route.named, route.path
        assert {"events.stale"} <= route.codes(412), route.path
        assert {"http.if_match", "http.idempotency_key", "http.invalid"} <= route.codes(422), route.path
        assert {"events.contended", "events.database_away"} <= route.codes(503), route.path
        if "requestBody" in route.operation:
            assert (route.codes(400), route.codes(415)) == ({"http.malformed_json"}, {"http.not_json"}), route.path


@each_service
def test_what_a_path_names_may_be_unknown(service: str) -> None:
    """404, with a code of the service."""
    wrong = [
        (route.method, route.path)
        for route in routes(service)
        if re.search(r"\{\w+\}", route.path)
        and route.path not in MADE_BY_THE_COMMAND
        and route.path not in BOUNDED[service]
        and not {code for code in route.codes(404) if code.startswith(f"{service}.")}
    ]
    assert wrong == []


@each_service
def test_every_list_has_filters_and_a_cursor(service: str) -> None:
    single = {route.path for route in reads(service) if re.search(r"\{\w+\}(/\w+)?$", route.path)}
    for route in reads(service):
        if {"limit", "after"} <= route.named:
            assert route.filters or "{" in route.path, f"{route.path} has a cursor and no filter"
        else:
            assert route.path in single | BOUNDED[service].keys(), f"{route.path} has no cursor"
    lists = {route.path for route in reads(service) if {"limit", "after"} <= route.named}
    assert lists.isdisjoint(BOUNDED[service]), "what has a cursor needs no excuse"


ENDS = {
    "integer": {"maximum", "exclusiveMaximum"},
    "string": {"maxLength", "pattern", "format", "enum", "const"},
}


@each_service
def test_no_query_is_without_bounds(service: str) -> None:
    """A number that the database cannot hold, or a text without end, is refused as what it is."""
    asked = [
        (route.path, parameter["name"], each)
        for route in reads(service)
        for parameter in route.operation.get("parameters", ())
        if parameter["in"] == "query"
        for each in parameter["schema"].get("anyOf", [parameter["schema"]])
    ]
    endless = [
        (path, name)
        for path, name, each in asked
        if "type" in each and ENDS.get(each["type"], each.keys()).isdisjoint(each)
    ]
    assert endless == []


def modules(service: str) -> Iterator[Any]:
    package = importlib.import_module(f"insieme_{service}")
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if ".migrations" not in found.name and ".testing" not in found.name:
            yield importlib.import_module(found.name)


def refusals(service: str) -> list[Refused]:
    """Every refusal that a module of the service names, in tables of refusals too."""
    found: list[Refused] = []
    for module in modules(service):
        for value in vars(module).values():
            held = value.values() if isinstance(value, dict) else [value]
            found += [one for one in held if isinstance(one, Refused) and one.code.startswith(f"{service}.")]
    return found


@each_service
def test_every_refusal_of_the_service_stands_at_a_route(service: str) -> None:
    listed = {code for route in routes(service) for code in route.codes()}
    missing = {one.code for one in refusals(service)} - listed
    assert missing == {code for code in BY_ITSELF if code.startswith(f"{service}.")}


@each_service
def test_a_code_comes_with_one_status(service: str) -> None:
    """So that a client may act on the code alone; the clause is that of the act, and one rule may serve several."""
    kinds: dict[str, set[str]] = {}
    for one in refusals(service):
        kinds.setdefault(one.code, set()).add(one.kind)
    assert {code: found for code, found in kinds.items() if len(found) > 1} == {}


@each_service
async def test_a_body_that_is_wrong_is_refused_with_a_code(service: str) -> None:
    """Without any server: what does not fit never comes as far as a database."""
    app = create_app(definition(service), NOTHING, Role.HTTP)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://document") as client:
        for route in commands(service):
            if "requestBody" not in route.operation:
                continue
            path = re.sub(r"\{(\w+)\}", lambda found: "2024" if found[1] == "year" else "1" * 8, route.path)
            for content, status, code in ((b"[1]", 422, "http.invalid"), (b"{", 400, "http.malformed_json")):
                headers = {"Content-Type": "application/json"}
                answer = await client.request(route.method, path, content=content, headers=headers)
                assert (answer.status_code, answer.json()["code"]) == (status, code), route.path
                assert answer.headers["content-type"] == MEDIA_TYPE
                assert code in route.codes(status), route.path
