"""Errors over HTTP: problem details (RFC 9457) with a stable code, a sentence and, where there is one, the clause."""

from __future__ import annotations

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import psycopg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from psycopg_pool import PoolTimeout
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from insieme_events import telemetry
from insieme_events.decider import RefusalKind, Refused
from insieme_events.store import GONE, StoreError
from insieme_events.units import STALE
from insieme_events.vault import KeyDestroyed, KeysUnavailable

MEDIA_TYPE = "application/problem+json"

HTTP_ERRORS = {
    400: ("http.malformed_json", "The body is not well-formed JSON in UTF-8. Check commas, quotes and the encoding."),
    404: ("http.no_such_path", "There is nothing under this path. /docs lists the paths that there are."),
    405: ("http.method_not_allowed", "This path does not take this method. /docs lists the methods that it takes."),
    415: ("http.not_json", "The body is not sent as JSON: add the header Content-Type: application/json."),
}
OTHER_HTTP_ERROR = ("http.error", "The request cannot be answered as it was sent. /docs describes what is.")
MOVED = frozenset({"events.store_moved", "events.store_behind"})
OUR_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")

AWAY = Refused(
    "events.database_away",
    "The database does not answer. Send the same request again, with the same Idempotency-Key.",
    kind=RefusalKind.RETRY,
)

STATUS = {
    RefusalKind.INVALID: 422,
    RefusalKind.CONFLICT: 409,
    RefusalKind.NOT_FOUND: 404,
    RefusalKind.FORBIDDEN: 403,
    RefusalKind.RETRY: 503,
}


class FieldError(BaseModel):
    """Where in the request, and what is wrong there; never the value."""

    pointer: str
    code: str
    detail: str


class Problem(BaseModel):
    """RFC 9457. `code` is stable; `clause` is the clause of the protocol that the refusal rests on."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    clause: str | None = None
    errors: list[FieldError] | None = None


RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"content": {MEDIA_TYPE: {}}, "description": HTTPStatus(status).phrase}
    for status in (400, 403, 404, 409, 412, 415, 422, 503)
}
"""What is no answer of a route's own. The document gives them the schema of a problem (`documenting`): as a model of
every route it would be compiled a thousand times at each start.
"""


class ProblemError(Exception):
    """A refusal on its way to the client, from anywhere below a route."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.code)
        self.refused = refused


def problem(
    status: int, code: str, detail: str, clause: str | None = None, errors: Sequence[FieldError] | None = None
) -> JSONResponse:
    body = body_of(status, code, detail, clause, errors)
    headers = {"Retry-After": "2"} if status == 503 else None
    return JSONResponse(body.model_dump(exclude_none=True), status, headers, MEDIA_TYPE)


def body_of(
    status: int, code: str, detail: str, clause: str | None = None, errors: Sequence[FieldError] | None = None
) -> Problem:
    return Problem(
        type=f"urn:insieme:problem:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        clause=clause,
        errors=list(errors) if errors is not None else None,
    )


def status_of(refused: Refused) -> int:
    return 412 if refused.code == STALE.code else STATUS[refused.kind]


def of_refusal(refused: Refused) -> JSONResponse:
    return problem(status_of(refused), refused.code, refused.sentence, refused.clause)


def install(app: FastAPI) -> None:
    """Turns everything that a route may raise into a problem; what nobody foresaw is logged and answers 500."""

    @app.exception_handler(ProblemError)
    async def refused(_: Request, raised: ProblemError) -> JSONResponse:
        return of_refusal(raised.refused)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, raised: RequestValidationError) -> JSONResponse:
        errors = raised.errors()
        if any(error["type"] == "json_invalid" for error in errors):
            return problem(400, *HTTP_ERRORS[400])
        if any(error["loc"] == ("body",) for error in errors) and sent_as_something_else(request):
            return problem(415, *HTTP_ERRORS[415])
        found = [_field(error) for error in errors]
        where = ", ".join(sorted({error.pointer for error in found}))
        first = next((e for e in errors if e["type"] == "value_error" and _code_of(e)), None)
        if first is not None:
            code, clause, sentence = _code_of(first) or ("", None, "")
            return problem(422, code, sentence, clause, found)
        return problem(422, "http.invalid", f"The request does not fit its schema at {where}; see errors.", None, found)

    @app.exception_handler(HTTPException)
    async def http(_: Request, raised: HTTPException) -> JSONResponse:
        return problem(raised.status_code, *HTTP_ERRORS.get(raised.status_code, OTHER_HTTP_ERROR))

    @app.exception_handler(psycopg.DataError)
    async def unstorable(_: Request, raised: psycopg.DataError) -> JSONResponse:
        telemetry.log.warning("unstorable", error=type(raised).__name__)
        return problem(422, "http.unstorable", "A text of the request holds a character that cannot be stored.")

    async def away(_: Request, raised: Exception) -> JSONResponse:
        telemetry.log.warning("database_away", error=type(raised).__name__)
        return of_refusal(AWAY)

    for gone in (*GONE, PoolTimeout):
        app.add_exception_handler(gone, away)

    @app.exception_handler(KeysUnavailable)
    async def keyless(_: Request, raised: KeysUnavailable) -> JSONResponse:
        telemetry.log.error("keys_unavailable", code=raised.code)
        return problem(503, raised.code, "The keys of the sealed fields cannot be read. Nothing was stored; try later.")

    @app.exception_handler(StoreError)
    async def not_appended(_: Request, raised: StoreError) -> JSONResponse:
        telemetry.log.error("append_refused", code=raised.code)
        if raised.code in MOVED:
            again = "Send the same request again later, with the same Idempotency-Key."
            return problem(503, raised.code, f"{raised.sentence}. {again}")
        return problem(503, raised.code, "The event store did not take this. Nothing was stored; tell the operators.")

    @app.exception_handler(KeyDestroyed)
    async def erased(_: Request, raised: KeyDestroyed) -> JSONResponse:
        return problem(409, "keys.destroyed", "This person's data are erased; nothing can be recorded about them.")

    @app.exception_handler(Exception)
    async def unforeseen(_: Request, raised: Exception) -> JSONResponse:
        # The message may quote a value, so only the type and the place are logged.
        place = raised.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = f"{place.tb_frame.f_globals.get('__name__')}:{place.tb_lineno}" if place is not None else "unknown"
        telemetry.log.error("unforeseen", error=type(raised).__name__, where=where)
        return problem(500, "http.unforeseen", "Something went wrong on our side. The operators have been told.")


def sent_as_something_else(request: Request) -> bool:
    """Whether a body came as what it is not: clients such as curl call it a form where nobody tells them."""
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    return kind != "application/json" and not kind.endswith("+json")


def _field(error: Any) -> FieldError:
    *above, last = error["loc"]
    # A field that we do not have may be named after somebody: only what looks like a name of ours is shown.
    if error["type"] == "extra_forbidden" and OUR_NAME.fullmatch(str(last)) is None:
        last = "…"
    pointer = "/" + "/".join(str(part) for part in (*above, last))
    known = _code_of(error)
    detail = known[2] if known is not None else str(error["msg"]).removeprefix("Value error, ")
    return FieldError(pointer=pointer, code=error["type"], detail=detail)


def _code_of(error: Any) -> tuple[str, str | None, str] | None:
    """A validator may raise `RefusedValue`: then its refusal is the answer."""
    cause = (error.get("ctx") or {}).get("error")
    if isinstance(cause, RefusedValue):
        return cause.refused.code, cause.refused.clause, cause.refused.sentence
    return None


class RefusedValue(ValueError):
    """Raised by a pydantic validator of a request body: the field is refused with a code of ours."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.sentence)
        self.refused = refused
