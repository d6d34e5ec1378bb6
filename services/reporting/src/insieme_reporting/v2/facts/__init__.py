"""The facts of version 2: those of version 1 as they are, and what the other services tell."""

from insieme_events.projection import Difference, FactDefinition, ProjectionDefinition
from insieme_reporting.v1.facts import DEFINITION as FACTS_1
from insieme_reporting.v2.facts import board_membership, course, participation

NEW = (
    FactDefinition(board_membership.BoardMembershipVersion, board_membership.apply),
    FactDefinition(course.CourseVersion, course.apply),
    FactDefinition(participation.ParticipationVersion, participation.apply),
)

DEFINITION = ProjectionDefinition(
    name="facts",
    version=2,
    facts=(*FACTS_1.facts, *NEW),
    differences=tuple(Difference(fact.row.table, "new in version 2") for fact in NEW),
)

__all__ = ["DEFINITION"]
