"""The facts of version 1: one row per thing that happened, one version row per event that changes it (decision 11)."""

from insieme_events.projection import FactDefinition, ProjectionDefinition
from insieme_reporting.v1.facts import (
    candidacy,
    case,
    company,
    company_size,
    interview,
    placement_link,
    placement_transformation,
    reopening,
    selection,
    vacancy,
)

DEFINITION = ProjectionDefinition(
    name="facts",
    version=1,
    facts=(
        FactDefinition(case.CaseVersion, case.apply),
        FactDefinition(reopening.ReopeningVersion, reopening.apply),
        FactDefinition(interview.InterviewVersion, interview.apply),
        FactDefinition(company.CompanyVersion, company.apply),
        FactDefinition(company_size.CompanySizeVersion, company_size.apply),
        FactDefinition(vacancy.VacancyVersion, vacancy.apply),
        FactDefinition(selection.SelectionVersion, selection.apply),
        FactDefinition(candidacy.CandidacyVersion, candidacy.apply),
        FactDefinition(placement_link.PlacementLinkVersion, placement_link.apply),
        FactDefinition(placement_transformation.PlacementTransformationVersion, placement_transformation.apply),
    ),
)

__all__ = ["DEFINITION"]
