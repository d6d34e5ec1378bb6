"""Why a project's step is refused (I2; P43-P45, P61, P63, P64)."""

from __future__ import annotations

from insieme_events.decider import RefusalKind, Refused

PROJECT_UNKNOWN = Refused(
    code="funding.project_unknown",
    sentence="There is no project with this id: submit it first.",
    clause="P44",
    kind=RefusalKind.NOT_FOUND,
)
ALREADY_SUBMITTED = Refused(
    code="funding.project_already_submitted",
    sentence="This project is submitted already: submit another one under an id of its own.",
    clause="P44",
)
OTHER_CALL = Refused(
    code="funding.other_call",
    sentence="This call takes projects of strand {strand}: submit the project to a call of its own kind.",
    clause="P44",
)
CALL_NOT_OPEN = Refused(
    code="funding.call_not_open",
    sentence="The call took projects from {opened_on} to {last_day}: wait for the next one, or correct the date.",
    clause="P43",
)
SEAT_OUTSIDE = Refused(
    code="funding.seat_outside",
    sentence="The seat is in none of the comuni of the Città metropolitana, as the agreement asks.",
    clause="P44",
)
NOT_SUSTAINABLE = Refused(
    code="funding.sustainability_too_short",
    sentence="The agreement asks for a plan of {years} years at least: extend the plan.",
    clause="P43",
)
BEFORE_SUBMISSION = Refused(
    code="funding.before_submission",
    sentence="The project was submitted on {submitted_on}: nothing of it can be dated earlier.",
    clause="P44",
)
BEFORE_LAST_STEP = Refused(
    code="funding.before_last_step",
    sentence="The step before was on {last_on}: this one cannot be dated earlier.",
    clause="P43",
)
PROJECT_OVER = Refused(
    code="funding.project_over",
    sentence="This project is rejected, revoked or closed: this cannot happen to it any more.",
    clause="P44",
)
FUNDED_ALREADY = Refused(
    code="funding.funded_already",
    sentence="This project is funded already: nothing that comes before the funding can be changed.",
    clause="P64",
)
NOT_ACCOMPANIED = Refused(
    code="funding.not_accompanied",
    sentence="The accompaniment of this project is not closed with the project ready: close it first.",
    clause="P43",
)
ACCOMPANIMENT_RUNS = Refused(
    code="funding.accompaniment_runs",
    sentence="The accompaniment began on {since} and is not closed: close it before another one.",
    clause="P43",
)
NO_ACCOMPANIMENT = Refused(
    code="funding.no_accompaniment",
    sentence="No accompaniment of this project is under way: start it first.",
    clause="P43",
)
SCORE_TOO_LOW = Refused(
    code="funding.score_too_low",
    sentence="The score is {score} of 100 and the agreement asks for {asked}: the outcome cannot be positive.",
    clause="P63",
)
POINTS_ABOVE_MOST = Refused(
    code="funding.points_above_most",
    sentence="A criterion got more points than it can get, or stands there twice: correct the points.",
    clause="P63",
    kind=RefusalKind.INVALID,
)
NOT_EVALUATED = Refused(
    code="funding.not_evaluated_positive",
    sentence="The Comitato di valutazione has not evaluated this project positive: that comes before the approval.",
    clause="P63",
)
NOT_APPROVED = Refused(
    code="funding.not_approved",
    sentence="The Comitato di gestione has not approved this project: that comes before the funding.",
    clause="P64",
)
APPROVED_ALREADY = Refused(
    code="funding.approved_already",
    sentence="This project is approved already: fund it, or have it evaluated again.",
    clause="P64",
)
SAME_COMMITTEE = Refused(
    code="funding.same_committee",
    sentence="The committee that evaluates is not the one that approves: name the Comitato di gestione.",
    clause="P64",
)
EVALUATION_DOES_NOT_STAND = Refused(
    code="funding.evaluation_does_not_stand",
    sentence="Somebody with a declared conflict took part in the evaluation: have the project evaluated again.",
    clause="P63",
)
APPROVAL_DOES_NOT_STAND = Refused(
    code="funding.approval_does_not_stand",
    sentence="Somebody with a declared conflict took part in the approval: have the project evaluated and approved "
    "again.",
    clause="P64",
)
BEFORE_DECISION = Refused(
    code="funding.before_decision",
    sentence="The decision before this one was taken on {earlier}: this one cannot be dated earlier.",
    clause="P64",
)
OVER_CEILING = Refused(
    code="funding.over_ceiling",
    sentence="A project of strand {strand} may get {investment} cents for investment, {consultancy} for consultancy "
    "and {total} in all: lower the amounts.",
    clause="P64",
)
NOTHING_GRANTED = Refused(
    code="funding.nothing_granted",
    sentence="A funding grants something: give an amount.",
    clause="P64",
    kind=RefusalKind.INVALID,
)
NOT_FUNDED = Refused(
    code="funding.not_funded",
    sentence="This project has no funding that stands: fund it first.",
    clause="P64",
)
OVER_GRANT = Refused(
    code="funding.over_grant",
    sentence="Of the grant {left} cents are not paid yet: pay no more than that.",
    clause="P64",
)
OVER_KEPT = Refused(
    code="funding.over_kept",
    sentence="The project has kept {kept} cents of what was paid: no more can come back.",
    clause="P64",
)
REPEATED_OTHERWISE = Refused(
    code="funding.repeated_otherwise",
    sentence="This id was used with another amount: give what is new an id of its own.",
    clause="P64",
)
FUNDED_MEANWHILE = Refused(
    code="funding.funded_meanwhile",
    sentence="The project has just been funded, so closing it frees money, too: look at it and send the closing again.",
    clause="P64",
    kind=RefusalKind.RETRY,
)
ONLY_WITHDRAWN = Refused(
    code="funding.only_withdrawn",
    sentence="A project that was never funded can only be withdrawn: give that as the outcome.",
    clause="P64",
    kind=RefusalKind.INVALID,
)
PLACEMENT_UNKNOWN = Refused(
    code="funding.placement_unknown",
    sentence="Funding has not heard of this placement yet: try again in a moment, or check the id.",
    clause="P45",
    kind=RefusalKind.RETRY,
)
PLACEMENT_IS_VOID = Refused(
    code="funding.placement_void",
    sentence="This placement was voided and counts nowhere: link the one that took its place.",
    clause="P45",
)
PLACEMENT_BEFORE = Refused(
    code="funding.placement_before_funding",
    sentence="The placement began before the project was funded, on {funded_on}: the project did not create it.",
    clause="P45",
)
LINKED_TO_ANOTHER = Refused(
    code="funding.placement_linked",
    sentence="This placement counts for a project already: unlink it there first.",
    clause="P45",
)
COMPANY_UNHEARD = Refused(
    code="funding.company_unheard",
    sentence="Funding has not heard of this company in the Board: try again in a moment, or check the id.",
    clause="P61",
    kind=RefusalKind.RETRY,
)
NOT_IN_BOARD = Refused(
    code="funding.not_in_board",
    sentence="The company was not in the Board on {on}: consolidation is what companies of the Board do.",
    clause="P61",
)
TOO_EARLY = Refused(
    code="funding.too_early",
    sentence="{months} months after the funding are only over on {due}: record it then.",
    clause="P61",
)
OVER_MICROCREDIT = Refused(
    code="funding.over_microcredit",
    sentence="The agreement lets a project have {most} cents of microcredit in all: check the bank's report.",
    clause="P43",
)
