"""HTTP of the implementing agreement and of the legal limits (P62, P67, P69, P34)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from fastapi import APIRouter, Body, Request, Response
from pydantic import BaseModel

from insieme_events.agreement import Agreement, Limits, agreement_of, limits_of
from insieme_events.contracts import Code
from insieme_events.http import CommandAnswer, Incoming, Limit, Page
from insieme_events.parameters import AGREEMENT, LIMITS
from insieme_events.problems import RESPONSES
from insieme_events.reading import equals, one, page, pool_of
from insieme_events.units import Step
from insieme_governance import aggregates, founding
from insieme_governance.agreement import AGREEMENT_UNKNOWN, AdoptAgreement, NewAgreement
from insieme_governance.legal_limits import LIMITS_UNKNOWN, NewLegalLimits, PublishLegalLimits
from insieme_governance.steps import REGISTER
from insieme_governance.views.agreements import AGREEMENTS, LEGAL_LIMITS

router = APIRouter(prefix="/v1/agreements", tags=["agreements"], responses=RESPONSES)
limits_router = APIRouter(prefix="/v1/legal-limits", tags=["agreements"], responses=RESPONSES)

TEXT = "select parameters::text from events.parameters where kind = %s and version = %s"


class AgreementRow(BaseModel):
    agreement_id: UUID
    protocol_id: UUID
    name: str
    adopted_on: date
    valid_from: date
    valid_to: date
    signed_by: list[str]
    version: int


class AgreementPage(Page):
    items: list[AgreementRow]


class AgreementDetail(AgreementRow):
    """With what the version says."""

    says: Agreement


class LimitsRow(BaseModel):
    limits_id: UUID
    name: str
    published_on: date
    valid_from: date
    version: int


class LimitsPage(Page):
    items: list[LimitsRow]


class LimitsDetail(LimitsRow):
    says: Limits


async def text_of(request: Request, query: str, *values: Any) -> str | None:
    async with pool_of(request).connection() as connection:
        found = await (await connection.execute(query, values)).fetchone()
    return None if found is None else str(found[0])


@router.post("", status_code=201)
async def adopt(
    request: Incoming, body: Annotated[NewAgreement, Body(examples=[founding.agreement_example()])]
) -> CommandAnswer:
    """Adopts a version of the implementing agreement, with cost shares that make the whole (P62, P67, P69)."""
    agreement_id = uuid4()
    values: dict[str, Any] = {name: getattr(body, name) for name in NewAgreement.model_fields}
    command = AdoptAgreement(agreement_id=agreement_id, **values)
    return await request.send(Step(aggregates.AGREEMENTS, agreement_id, command), locks=REGISTER)


@router.get("")
async def search(
    request: Request, name: Code | None = None, limit: Limit = 50, after: UUID | None = None
) -> AgreementPage:
    """The versions of the agreement (P62)."""
    filters = [equals(AGREEMENTS.c.name, name)]
    wanted = sa.select(AGREEMENTS)
    return AgreementPage.model_validate(await page(request, wanted, AGREEMENTS.c.agreement_id, filters, limit, after))


@router.get("/{agreement_id}")
async def detail(request: Request, response: Response, agreement_id: UUID) -> AgreementDetail:
    """One version with everything that it says: shares, matrix of the parties, numbers (P62, P67, P69)."""
    statement = sa.select(AGREEMENTS).where(AGREEMENTS.c.agreement_id == agreement_id)
    row = await one(request, response, statement, AGREEMENT_UNKNOWN)
    text = await text_of(request, TEXT, AGREEMENT, row["name"])
    return AgreementDetail(**row, says=agreement_of(text or ""))


@limits_router.post("", status_code=201)
async def publish(
    request: Incoming, body: Annotated[NewLegalLimits, Body(examples=[founding.limits_example()])]
) -> CommandAnswer:
    """Publishes what the law says from a day on (P27, P34)."""
    limits_id = uuid4()
    values: dict[str, Any] = {name: getattr(body, name) for name in NewLegalLimits.model_fields}
    command = PublishLegalLimits(limits_id=limits_id, **values)
    return await request.send(Step(aggregates.LIMITS, limits_id, command), locks=REGISTER)


@limits_router.get("")
async def search_limits(
    request: Request, name: Code | None = None, limit: Limit = 50, after: UUID | None = None
) -> LimitsPage:
    """The versions of the legal limits (P34)."""
    filters = [equals(LEGAL_LIMITS.c.name, name)]
    wanted = sa.select(LEGAL_LIMITS)
    return LimitsPage.model_validate(await page(request, wanted, LEGAL_LIMITS.c.limits_id, filters, limit, after))


@limits_router.get("/{limits_id}")
async def limits_detail(request: Request, response: Response, limits_id: UUID) -> LimitsDetail:
    """One version with everything that it says (P27, P34)."""
    statement = sa.select(LEGAL_LIMITS).where(LEGAL_LIMITS.c.limits_id == limits_id)
    row = await one(request, response, statement, LIMITS_UNKNOWN)
    text = await text_of(request, TEXT, LIMITS, row["name"])
    return LimitsDetail(**row, says=limits_of(text or ""))
