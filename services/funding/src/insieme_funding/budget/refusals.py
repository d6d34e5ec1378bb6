"""Why a budget says no (I3, I4; P64, P66)."""

from __future__ import annotations

from insieme_events.decider import RefusalKind, Refused

BUDGET_UNKNOWN = Refused(
    code="funding.budget_unknown",
    sentence="No budget of this year and source is set: set it first.",
    clause="P66",
    kind=RefusalKind.NOT_FOUND,
)
ALREADY_SET = Refused(
    code="funding.budget_already_set",
    sentence="The budget of this year and source is set already: amend it instead.",
    clause="P66",
)
NO_PLAN = Refused(
    code="funding.no_plan",
    sentence="No approved work plan of {year} is known here: the Tavolo approves the plan before money is budgeted or "
    "committed.",
    clause="P66",
)
OVER_PLAN = Refused(
    code="funding.over_plan",
    sentence="The line of strand {strand} is above what the approved plan lets this source spend: lower it, or have "
    "the plan amended first.",
    clause="P66",
)
STRAND_TWICE = Refused(
    code="funding.strand_twice",
    sentence="A budget has one line per strand: put the amounts of a strand together.",
    clause="P66",
    kind=RefusalKind.INVALID,
)
BELOW_USED = Refused(
    code="funding.below_used",
    sentence="More than this is committed or spent on strand {strand} already: keep the line at least there.",
    clause="P66",
)
BUDGET_CLOSED = Refused(
    code="funding.budget_closed",
    sentence="The budget of this year and source is closed: nothing new is committed or spent out of it.",
    clause="P66",
)
NOT_LEFT = Refused(
    code="funding.not_left",
    sentence="Of strand {strand} only {left} cents are left in this budget: lower the amount, or have the budget "
    "amended first.",
    clause="P64",
)
OTHER_YEAR = Refused(
    code="funding.other_year",
    sentence="This is the budget of {year}: what is dated otherwise goes to the budget of its own year.",
    clause="P66",
)
BEFORE_BUDGET = Refused(
    code="funding.before_budget",
    sentence="The budget was set on {set_on}: nothing can be committed or spent before.",
    clause="P66",
)
COMMITTED_OTHERWISE = Refused(
    code="funding.committed_otherwise",
    sentence="This is committed already with other figures: release it first.",
    clause="P64",
)
COMMITMENT_UNKNOWN = Refused(
    code="funding.commitment_unknown",
    sentence="Nothing is committed under this id in this budget: check year and source.",
    clause="P64",
    kind=RefusalKind.NOT_FOUND,
)
OVER_COMMITMENT = Refused(
    code="funding.over_commitment",
    sentence="Only {left} cents of this commitment are not paid yet: pay no more than that.",
    clause="P64",
)
OVER_PAID = Refused(
    code="funding.over_paid",
    sentence="Only {paid} cents were paid on this commitment: no more can come back.",
    clause="P64",
)
BEFORE_COMMITMENT = Refused(
    code="funding.before_commitment",
    sentence="This was committed on {committed_on}: nothing of it can be dated earlier.",
    clause="P64",
)
PAID_OTHERWISE = Refused(
    code="funding.paid_otherwise",
    sentence="An expenditure with this id is recorded with other figures: give a new one an id of its own.",
    clause="P66",
)
PAY_BY_INSTALMENT = Refused(
    code="funding.pay_by_instalment",
    sentence="This commitment is a project's: pay an instalment on the project.",
    clause="P64",
)
OTHER_STRAND = Refused(
    code="funding.other_strand",
    sentence="The commitment is of strand {strand}: record the expenditure under that strand.",
    clause="P30",
)
REDUCTION_DOES_NOT_FIT = Refused(
    code="funding.reduction_does_not_fit",
    sentence="More than the lower ceiling is committed meanwhile: the reduction is answered again.",
    clause="P66",
    kind=RefusalKind.RETRY,
)
