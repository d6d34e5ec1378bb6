"""Two persons who are one and had an open case each: one case goes on, the other is merged into it (P25, I8)."""

from __future__ import annotations

from typing import assert_never

from insieme_events.contracts.intake_following import CaseMerged, CaseUnmerged
from insieme_events.decider import Decision
from insieme_intake.case.commands import MergeCase, MergingCommand, UnmergeCase
from insieme_intake.case.states import (
    Applied,
    CaseState,
    Enrolled,
    InCharge,
    Interviewed,
    MergedCase,
    Suspended,
    no_room,
)
from insieme_intake.circumstances import misdated


def decide_merging(command: MergingCommand, state: CaseState) -> Decision:
    match command:
        case MergeCase():
            return merge(command, state)
        case UnmergeCase():
            return unmerge(command, state)
        case _:
            assert_never(command)


def merge(command: MergeCase, state: CaseState) -> Decision:
    match state:
        case (
            Applied(file=file)
            | Enrolled(file=file)
            | Interviewed(file=file)
            | InCharge(file=file)
            | Suspended(file=file)
        ):
            if wrong := misdated(command.on, command.on, file.received_on, "the application"):
                return wrong
            return [
                CaseMerged(
                    case_id=file.case_id,
                    person_id=file.person_id,
                    occurred_on=command.on,
                    into_case_id=command.into_case_id,
                )
            ]
        case MergedCase(into_case_id=command.into_case_id):
            return []
        case _:
            return no_room(state)


def unmerge(command: UnmergeCase, state: CaseState) -> Decision:
    match state:
        case MergedCase(file=file, on=merged_on):
            if wrong := misdated(command.on, command.on, merged_on, "the merge"):
                return wrong
            return [CaseUnmerged(case_id=file.case_id, person_id=file.person_id, occurred_on=command.on)]
        case _:
            return no_room(state)
