"""Dead letters over HTTP: look, and ask for a retry, a skip or other data; the owner of the partition acts (7)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Body, Path, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from insieme_events import letter_actions, letter_views
from insieme_events.access import CurrentActor
from insieme_events.catalogue import BY_TYPE
from insieme_events.contracts import Actor
from insieme_events.crash_points import reached
from insieme_events.deadletters import Reason
from insieme_events.decider import RefusalKind, Refused
from insieme_events.decisions import merged
from insieme_events.http import Limit, Page
from insieme_events.letter_actions import Action, Why
from insieme_events.letter_views import ActionRow, LetterDetail, LetterRow, Row
from insieme_events.problems import RESPONSES, ProblemError
from insieme_events.reading import pool_of

if TYPE_CHECKING:
    from insieme_events.service import Running

router = APIRouter(prefix="/v1/operations/dead-letters", tags=["operations"], responses=RESPONSES)

NO_LETTER = Refused(
    "events.letter_unknown",
    "There is no dead letter {id}: it went on, or never was. The list shows what is parked.",
    kind=RefusalKind.NOT_FOUND,
)
NO_ACTION = Refused("events.letter_action_unknown", "There is no action {id}.", kind=RefusalKind.NOT_FOUND)
NOT_FIRST = Refused(
    "events.letter_waits",
    "Letter {id} waits for another one of its stream: `list` with its stream shows which is first. Decide about that.",
)
EARLY = Refused(
    "events.letter_early",
    "Letter {id} came before an event that is missing, and goes on when that arrives. If it never does, the topic lost "
    "records: refill it from the store.",
)
ASKED = Refused(
    "events.letter_asked",
    "A {action} of letter {id} waits for the owner of its partition already. Are the subscriptions running?",
)
OVERTAKEN = Refused(
    "events.letter_overtaken",
    "Letter {id} went on, or somebody else asked about it, at this very moment. `show` it again.",
)
NO_EDIT = Refused(
    "events.letter_no_edit",
    "Reporting shows what the services recorded, so its events are not edited. Record the correcting event in the "
    "service that owns the stream, then retry this letter, or skip it if the correction stands for it.",
)
EDIT_WHAT = Refused(
    "events.letter_edit_reason",
    "A letter that is {reason} has no data of ours that could be edited. Skip it, or upgrade.",
)
EDIT_SEALED = Refused(
    "events.letter_edit_sealed",
    "{fields}: sealed under a person's key, or names the person or the stream. These cannot be edited.",
    kind=RefusalKind.INVALID,
)
EDIT_MISFIT = Refused(
    "events.letter_edit_misfit",
    "With these changes the data do not fit the contract at {where}.",
    kind=RefusalKind.INVALID,
)

Ticket = Annotated[
    str,
    Field(
        pattern=r"^[A-Z][A-Z0-9]{1,9}-[0-9]{1,9}$",
        description="Where the reasons are written down; no free text here, it could hold somebody's data",
        examples=["OPS-1234"],
    ),
]


class Asking(BaseModel):
    """Why, from a closed list, and the ticket that says more."""

    model_config = ConfigDict(extra="forbid")

    why: Why
    ticket: Ticket


class Editing(Asking):
    """`set` gives fields of the data another value, `remove` leaves fields out; all others stay as they are."""

    set: dict[str, JsonValue] = {}
    remove: list[str] = []


class RetryMany(Asking):
    """Of every stream of the subscription whose first letter has this reason."""

    subscription: Annotated[str, Field(max_length=100)]
    reason: Reason = Reason.FAILED


class Filed(BaseModel):
    """How many requests were filed; letters that had one already are not counted."""

    filed: int


class LetterPage(Page):
    items: list[LetterRow]


Asked = Annotated[Asking, Body(examples=[{"why": "fixed_build", "ticket": "OPS-1234"}])]
LetterId = Annotated[int, Path(ge=1, le=2**63 - 1)]
After = Annotated[int, Query(ge=0, le=2**63 - 1, description="`next` of the page before")]
Subscription = Annotated[str | None, Query(max_length=100, description="As in the metrics' label")]
Stream = Annotated[str | None, Query(pattern=r"^[a-z][a-z0-9_-]{0,99}$")]


def _service(request: Request) -> Running:
    found: Running = request.app.state.service
    return found


@router.get("")
async def search(
    request: Request,
    subscription: Subscription = None,
    reason: Reason | None = None,
    stream: Stream = None,
    limit: Limit = 50,
    after: After = 0,
) -> LetterPage:
    """What is parked, oldest first."""
    async with pool_of(request).connection() as connection:
        found = await letter_views.letters(connection, subscription, reason, stream, after, limit + 1)
    items = [letter_views.letter_row(row) for row in found[:limit]]
    return LetterPage(items=items, next=str(items[-1].id) if len(found) > limit else None)


@router.get("/export", response_class=StreamingResponse)
async def export(
    request: Request, subscription: Subscription = None, reason: Reason | None = None, stream: Stream = None
) -> StreamingResponse:
    """Everything that `show` tells of each letter, one JSON object a line."""

    async def lines() -> AsyncIterator[str]:
        after = 0
        while True:
            async with pool_of(request).connection() as connection:
                found = await letter_views.letters(connection, subscription, reason, stream, after, 200)
                details = await letter_views.details(connection, found)
            for detail in details:
                yield detail.model_dump_json() + "\n"
            if len(found) < 200:
                return
            after = found[-1]["id"]

    return StreamingResponse(lines(), media_type="application/x-ndjson")


@router.post("/retry", status_code=202)
async def retry_many(
    request: Request,
    actor: CurrentActor,
    body: Annotated[
        RetryMany,
        Body(examples=[{"subscription": "reporting.facts.1", "why": "fixed_build", "ticket": "OPS-1234"}]),
    ],
) -> Filed:
    """Asks for a retry of every stream that waits for one reason: after a build that can handle it."""
    async with pool_of(request).connection() as connection:
        ids = await letter_views.first_ids(connection, body.subscription, body.reason)
    filed = await _file(request, ids, Action.RETRY, body, actor)
    return Filed(filed=len(filed))


@router.get("/actions/{action_id}")
async def asked(request: Request, action_id: LetterId) -> ActionRow:
    """A request and what became of it."""
    async with pool_of(request).connection() as connection:
        found = await letter_views.action(connection, action_id)
    if found is None:
        raise ProblemError(NO_ACTION.about(id=action_id))
    return found


@router.get("/{letter_id}")
async def show(request: Request, letter_id: LetterId) -> LetterDetail:
    """One letter: why, where, what it is, what was tried and who asked for it."""
    async with pool_of(request).connection() as connection:
        row = await letter_views.letter(connection, letter_id)
        if row is None:
            raise ProblemError(NO_LETTER.about(id=letter_id))
        return (await letter_views.details(connection, [row]))[0]


@router.post("/{letter_id}/retry", status_code=202)
async def retry(request: Request, actor: CurrentActor, letter_id: LetterId, body: Asked) -> ActionRow:
    """Asks for the event to be handled again, and then everything behind it, in order."""
    return await _ask(request, letter_id, Action.RETRY, body, actor)


@router.post("/{letter_id}/skip", status_code=202)
async def skip(request: Request, actor: CurrentActor, letter_id: LetterId, body: Asked) -> ActionRow:
    """Asks for the event to be passed over, by every version and every rebuild too, for good."""
    return await _ask(request, letter_id, Action.SKIP, body, actor)


@router.post("/{letter_id}/edit", status_code=202)
async def edit(
    request: Request,
    actor: CurrentActor,
    letter_id: LetterId,
    body: Annotated[
        Editing, Body(examples=[{"why": "wrong_data", "ticket": "OPS-1234", "set": {"occurred_on": "2024-03-04"}}])
    ],
) -> ActionRow:
    """Asks for the event to be handled with other data, which must fit its contract. Reporting has no edit."""
    return await _ask(request, letter_id, Action.EDIT, body, actor)


async def _ask(request: Request, letter_id: int, action: Action, body: Asking, actor: Actor) -> ActionRow:
    async with pool_of(request).connection() as connection:
        row = await letter_views.letter(connection, letter_id)
    if row is None:
        raise ProblemError(NO_LETTER.about(id=letter_id))
    _decidable(row)
    data = None
    if isinstance(body, Editing):
        if not _service(request).definition.edits_letters:
            raise ProblemError(NO_EDIT)
        data = edited(row, body)
    filed = await _file(request, [letter_id], action, body, actor, data)
    if not filed:
        raise ProblemError(OVERTAKEN.about(id=letter_id))
    return await asked(request, filed[0])


async def _file(
    request: Request, ids: list[int], action: Action, body: Asking, actor: Actor, data: bytes | None = None
) -> list[int]:
    now = _service(request).clock()
    async with pool_of(request).connection() as connection:
        filed = await letter_actions.file(connection, ids, action, body.why, body.ticket, actor, now, data)
        reached("letters.before_filing")
    reached("letters.after_filing")
    return filed


def _decidable(row: Row) -> None:
    """Only the letter on which its stream depends takes a decision: any other could not be acted on."""
    if row["asked"] is not None:
        raise ProblemError(ASKED.about(action=row["asked"], id=row["id"]))
    if row["first"] and Reason(row["reason"]) is Reason.OUT_OF_ORDER:
        raise ProblemError(EARLY.about(id=row["id"]))
    if not row["first"]:
        raise ProblemError(NOT_FIRST.about(id=row["id"]))


def edited(row: Row, body: Editing) -> bytes:
    """The letter's data with the changes. Raises ProblemError where they may not be, or do not fit the contract."""
    contract = BY_TYPE.get(row["type"])
    reason = Reason(row["reason"])
    if contract is None or row["value"] is None or reason not in (Reason.FAILED, Reason.REFUSED, Reason.UNREADABLE):
        raise ProblemError(EDIT_WHAT.about(reason=reason.value))
    sealed = contract.event.sealed_fields()
    naming = letter_views.fields_with(row["value"], row["stream"][-36:])
    named = {*sealed, *(("person_id",) if sealed else ()), *naming}
    if touched := sorted(named & {*body.set, *body.remove}):
        raise ProblemError(EDIT_SEALED.about(fields=", ".join(touched)))
    try:
        data = merged(row["value"], body.set, body.remove)
    except ValueError:
        raise ProblemError(EDIT_WHAT.about(reason="not a JSON object")) from None
    where = letter_views.misfits(contract, data)
    if not where and not letter_actions.fits(data):
        where = ["/ (a character that cannot be stored)"]
    if where:
        raise ProblemError(EDIT_MISFIT.about(where=", ".join(where)))
    return data
