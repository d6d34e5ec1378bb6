"""Bad requests, each with what must be answered; every one carries a canary's identity where there is room for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tests.end_to_end.people import company
from tests.end_to_end.privacy.canaries import Canary

CANARY = Canary(4)
KNOWN = Canary(5)
"""Has an open case since before the bad requests."""

NOWHERE = UUID(int=4)
KEY = "bad-input-key-1"


@dataclass(frozen=True)
class Bad:
    """`path` may name `{case}` and `{person}`, those of KNOWN. `pointer` is what `errors` must point at."""

    name: str
    path: str
    status: int
    code: str
    clause: str | None = None
    service: str = "intake"
    method: str = "POST"
    body: Any = None
    raw: bytes | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    pointer: str | None = None

    def content(self) -> bytes | None:
        if self.raw is not None or self.body is None:
            return self.raw
        return json.dumps(self.body).encode()


def application(**identity: Any) -> dict[str, Any]:
    """The canary's, with these changes of the identity; None takes a field away."""
    changed = {name: value for name, value in {**CANARY.identity, **identity}.items() if value is not None}
    return CANARY.application(identity=changed)


def wrong_check_letter() -> str:
    code = CANARY.codice_fiscale
    return code[:-1] + ("A" if code[-1] != "A" else "B")


APPLY = "/v1/applications"
CASE = "/v1/cases/{case}"
BAND = {"on": "2024-03-11", "band": "low", "instrument_version": "2024.1"}
WHOLE = json.dumps(CANARY.application()).encode()
COMPANY = {**company(4), "name": f"{CANARY.last_name}\0{CANARY.first_name}"}

BAD = [
    Bad("malformed JSON", APPLY, 400, "http.malformed_json", raw=WHOLE[:-9]),
    Bad("no UTF-8", APPLY, 400, "http.malformed_json", raw=WHOLE.replace(b"Quirwenza", b"Quirwenza\xe8")),
    Bad(
        "half a character",
        APPLY,
        422,
        "http.invalid",
        raw=WHOLE.replace(b"Quirwenza", b"Quirwenza\\ud800"),
        pointer="/body/identity/first_name",
    ),
    Bad("no body", APPLY, 422, "http.invalid", raw=b"", pointer="/body"),
    Bad("a list for an object", APPLY, 422, "http.invalid", body=[CANARY.application()], pointer="/body"),
    Bad("a string for an object", APPLY, 422, "http.invalid", body=CANARY.typed, pointer="/body"),
    Bad("another content type", APPLY, 415, "http.not_json", raw=WHOLE, headers={"Content-Type": "text/plain"}),
    Bad(
        "a missing field",
        APPLY,
        422,
        "http.invalid",
        body=application(last_name=None),
        pointer="/body/identity/last_name",
    ),
    Bad(
        "an extra field",
        APPLY,
        422,
        "http.invalid",
        body=application(nickname=CANARY.last_name),
        pointer="/body/identity/nickname",
    ),
    Bad(
        "a field of the canary's own",
        APPLY,
        422,
        "http.invalid",
        body=CANARY.application(**{CANARY.typed: 1, CANARY.last_name: 2}),
        pointer="/body/…",
    ),
    Bad(
        "too long a name",
        APPLY,
        422,
        "http.invalid",
        body=application(last_name=CANARY.last_name * 20),
        pointer="/body/identity/last_name",
    ),
    Bad(
        "a name for a date",
        APPLY,
        422,
        "http.invalid",
        body=CANARY.application(received_on=CANARY.last_name),
        pointer="/body/received_on",
    ),
    Bad(
        "a name for a code",
        APPLY,
        422,
        "http.invalid",
        body=CANARY.application(gender=CANARY.first_name),
        pointer="/body/gender",
    ),
    Bad(
        "a name for an id",
        APPLY,
        422,
        "http.invalid",
        body=CANARY.application(referral_id=CANARY.typed),
        pointer="/body/referral_id",
    ),
    Bad("an unknown comune", APPLY, 422, "intake.comune_unknown", "P29", body=CANARY.application(comune="999999")),
    Bad("a ceased comune", APPLY, 422, "intake.comune_ceased", "P29", body=CANARY.application(comune="037004")),
    Bad(
        "a name for a comune",
        APPLY,
        422,
        "http.invalid",
        body=CANARY.application(comune="Borgo Zwischenpizzo"),
        pointer="/body/comune",
    ),
    Bad(
        "a birth date in the future",
        APPLY,
        422,
        "intake.birth_date",
        "P25",
        body=application(birth_date="2091-05-11"),
    ),
    Bad(
        "another's birth date",
        APPLY,
        422,
        "intake.codice_fiscale",
        "P25",
        body=application(birth_date="1961-02-03"),
    ),
    Bad(
        "a wrong check letter",
        APPLY,
        422,
        "intake.codice_fiscale",
        "P25",
        body=application(codice_fiscale=wrong_check_letter()),
    ),
    Bad(
        "no codice fiscale at all",
        APPLY,
        422,
        "intake.codice_fiscale",
        "P25",
        body=application(codice_fiscale=CANARY.last_name + CANARY.first_name),
    ),
    Bad(
        "too long a codice fiscale",
        APPLY,
        422,
        "http.invalid",
        body=application(codice_fiscale=CANARY.codice_fiscale * 3),
        pointer="/body/identity/codice_fiscale",
    ),
    Bad("nobody unemployed", APPLY, 409, "intake.not_unemployed", "P27", body=CANARY.application(status="employed")),
    Bad(
        "before the programme",
        APPLY,
        409,
        "intake.out_of_term",
        "P79",
        body=CANARY.application(received_on="2016-03-01", evidence_on="2016-03-01"),
    ),
    Bad("a second open case", APPLY, 409, "intake.one_open_case", "P25", body=KNOWN.application()),
    Bad(
        "a case that does not exist",
        f"/v1/cases/{NOWHERE}/assess-fragility",
        404,
        "intake.case_unknown",
        body=BAND,
    ),
    Bad(
        "a codice fiscale for a case",
        f"/v1/cases/{CANARY.codice_fiscale}/assess-fragility",
        422,
        "http.invalid",
        body=BAND,
        pointer="/path/case_id",
    ),
    Bad(
        "in the wrong state",
        f"{CASE}/take-in-charge",
        409,
        "intake.not_interviewed",
        "P24",
        body={"on": "2024-03-12", "referent_id": str(NOWHERE)},
    ),
    Bad(
        "in the future",
        f"{CASE}/assess-fragility",
        422,
        "intake.date_in_future",
        body={**BAND, "on": "2091-01-01"},
    ),
    Bad(
        "a stale If-Match",
        f"{CASE}/assess-fragility",
        412,
        "events.stale",
        body=BAND,
        headers={"If-Match": '"1"'},
    ),
    Bad(
        "no ETag in If-Match",
        f"{CASE}/assess-fragility",
        422,
        "http.if_match",
        body=BAND,
        headers={"If-Match": CANARY.codice_fiscale},
    ),
    Bad(
        "a repeated Idempotency-Key with another body",
        APPLY,
        422,
        "events.idempotency_key_reused",
        body=CANARY.application(),
        headers={"Idempotency-Key": KEY},
    ),
    Bad(
        "no Idempotency-Key at all",
        APPLY,
        422,
        "http.idempotency_key",
        body=CANARY.application(),
        headers={"Idempotency-Key": CANARY.identity["telephone"]},
    ),
    Bad(
        "a name for a party",
        APPLY,
        422,
        "http.invalid",
        body=CANARY.application(),
        headers={"X-Insieme-Party": CANARY.first_name},
        pointer="/header/X-Insieme-Party",
    ),
    Bad(
        "a person who does not exist",
        f"/v1/persons/{NOWHERE}/identity",
        404,
        "intake.person_unknown",
        method="GET",
    ),
    Bad(
        "nobody to erase",
        f"/v1/persons/{NOWHERE}/erasure",
        404,
        "intake.person_unknown",
        body={"ground": "request", "on": "2024-03-12"},
    ),
    Bad("an unknown path", f"/v1/people/{CANARY.last_name}", 404, "http.no_such_path", method="GET"),
    Bad("the wrong method", APPLY, 405, "http.method_not_allowed", method="PUT", body=CANARY.application()),
    Bad(
        "a limit beyond the limit",
        "/v1/cases",
        422,
        "http.invalid",
        method="GET",
        query={"limit": "9999"},
        pointer="/query/limit",
    ),
    Bad(
        "a name for a filter",
        "/v1/cases",
        422,
        "http.invalid",
        method="GET",
        query={"person_id": CANARY.last_name},
        pointer="/query/person_id",
    ),
    Bad(
        "no partita IVA",
        "/v1/companies",
        422,
        "matching.partita_iva_wrong",
        "P21",
        service="matching",
        body={**COMPANY, "partita_iva": "77990431771"},
        pointer="/body/partita_iva",
    ),
    Bad("a text that cannot be stored", "/v1/companies", 422, "http.unstorable", service="matching", body=COMPANY),
    Bad(
        "a vacancy that is not there",
        "/v1/candidacies",
        409,
        "matching.vacancy_not_open",
        "P32",
        service="matching",
        body={"vacancy_id": str(NOWHERE), "person_id": str(NOWHERE), "on": "2024-03-04"},
    ),
]
