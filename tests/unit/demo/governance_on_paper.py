"""What governance's decisions on the study, on presentations and on the registers are told on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from tests.unit.demo.founded import AGREEMENTS

from insieme_demo.happening import Kind, Order
from insieme_events.contracts import DomainEvent
from insieme_events.contracts.governance_plan import WorkPlanAmended, WorkPlanDrafted
from insieme_events.decider import Circumstances
from insieme_governance.aggregates import served
from insieme_governance.presentation import PresentationCircumstances, due_on
from insieme_governance.register import Register
from insieme_governance.registers import RegisterCircumstances
from insieme_governance.study import StudyCircumstances, agreement_of

OF_DUTIES = (Kind.STUDY, Kind.PRESENTATION, Kind.ENTRY)
Streams = Mapping[str, Sequence[tuple[UUID, DomainEvent]]]


def circumstances(order: Order, usual: tuple[Any, Any, Any], register: Register, streams: Streams) -> Circumstances:
    command: Any = order.command
    match order.kind:
        case Kind.STUDY:
            signed = {one.roll.protocol_id: one.signed_on for one in register.protocols}
            signed_on = signed.get(order.stream_id)
            return StudyCircumstances(*usual, signed_on=signed_on, of_signature=agreement_of(AGREEMENTS, signed_on))
        case Kind.PRESENTATION:
            return PresentationCircumstances(*usual, in_force=bool(register.parties_on(due_on(command.year))))
        case _:
            told = streams.get(order.stream, ())
            return RegisterCircumstances(
                *usual,
                parties=register.parties_on(command.on),
                actions=planned(streams) if served(command) else frozenset(),
                last_event=told[-1][0] if told else None,
            )


def planned(streams: Streams) -> frozenset[UUID]:
    """The actions of every plan that was drafted."""
    plans = (told for stream, told in streams.items() if stream.startswith(Kind.PLAN_YEAR))
    drafted = (event for told in plans for _, event in told if isinstance(event, WorkPlanDrafted | WorkPlanAmended))
    return frozenset(action.action_id for event in drafted for action in event.actions)
