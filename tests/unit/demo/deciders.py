"""The deciders of every aggregate that the history speaks to."""

from __future__ import annotations

from typing import Any

from insieme_demo.happening import Kind
from insieme_events.decider import Decider
from insieme_funding.budget import BUDGET
from insieme_funding.call import CALL
from insieme_funding.committee import COMMITTEE
from insieme_funding.decision import DECISION
from insieme_funding.project import PROJECT
from insieme_governance.board_membership import BOARD_MEMBERSHIP
from insieme_governance.body import BODY
from insieme_governance.meeting import MEETING
from insieme_governance.plan_year import PLAN_YEAR
from insieme_governance.presentation import ANNUAL_PRESENTATION
from insieme_governance.protocol import PROTOCOL
from insieme_governance.registers import REGISTER_ENTRY
from insieme_governance.study import STUDY
from insieme_intake.case import CASE
from insieme_intake.ledger import LEDGER
from insieme_intake.person import PERSON
from insieme_intake.referral import REFERRAL
from insieme_matching.candidacy import CANDIDACY
from insieme_matching.company import COMPANY
from insieme_matching.employment import EMPLOYMENT
from insieme_matching.internship import INTERNSHIP
from insieme_matching.need import NEED
from insieme_matching.vacancy import VACANCY
from insieme_training.course import COURSE
from insieme_training.participation import PARTICIPATION

DECIDERS: dict[Kind, Decider[Any, Any, Any]] = {
    Kind.PERSON: PERSON,
    Kind.CASE: CASE,
    Kind.REFERRAL: REFERRAL,
    Kind.COMPANY: COMPANY,
    Kind.NEED: NEED,
    Kind.VACANCY: VACANCY,
    Kind.CANDIDACY: CANDIDACY,
    Kind.EMPLOYMENT: EMPLOYMENT,
    Kind.INTERNSHIP: INTERNSHIP,
    Kind.BOARD: BOARD_MEMBERSHIP,
    Kind.BODY: BODY,
    Kind.MEETING: MEETING,
    Kind.PLAN_YEAR: PLAN_YEAR,
    Kind.PROTOCOL: PROTOCOL,
    Kind.STUDY: STUDY,
    Kind.PRESENTATION: ANNUAL_PRESENTATION,
    Kind.ENTRY: REGISTER_ENTRY,
    Kind.LEDGER: LEDGER,
    Kind.COURSE: COURSE,
    Kind.COURSE_PARTICIPATION: PARTICIPATION,
    Kind.COMMITTEE: COMMITTEE,
    Kind.CALL: CALL,
    Kind.BUDGET: BUDGET,
    Kind.PROJECT: PROJECT,
    Kind.FUNDING_DECISION: DECISION,
}
