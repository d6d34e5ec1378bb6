"""The measures of version 1: a declaration each, and a SQL file that yields its population.

A population has one row per thing that may be counted: `unit` (or `numerator_unit` and `denominator_unit`, or `days`),
`on_date` (the event-time of the measure) and the columns of its own breakdowns; `person_id` where persons' dimensions
apply.
"""

from __future__ import annotations

from insieme_reporting.measure import Measure, Reading, Title, Value

PERIODS = ("year", "half_year", "quarter", "month")
PERSON = ("gender", "age_band", "over_50", "citizenship", "isced", "comune", "distretto")
CONTRACT = ("contract_class", "company_size", "comune_of_work", "kind")


def _persons(name: str, it: str, en: str, unit: str, event_time: str, definition: str) -> Measure:
    return Measure(name, Title(it, en), unit, definition, event_time, (*PERIODS, *PERSON))


def _links(name: str, it: str, en: str, unit: str, definition: str, value: Value = Value.COUNT) -> Measure:
    by = (*PERIODS, *PERSON, *(c for c in CONTRACT if value is Value.COUNT or c != "contract_class"))
    return Measure(name, Title(it, en), unit, definition, "start of the link", by, value)


MEASURES: tuple[Measure, ...] = (
    _persons(
        "applications",
        "Candidature",
        "Applications",
        "applications",
        "receipt",
        "Applications received, whatever became of them.",
    ),
    _persons(
        "enrolled",
        "Iscritti",
        "Enrolled",
        "persons",
        "enrolment",
        "Persons at their first enrolment that was not voided. A second case or a reopened one counts as re-enrolled.",
    ),
    _persons(
        "re_enrolled",
        "Reiscrizioni",
        "Re-enrolled",
        "enrolments",
        "enrolment or reopening",
        "Further enrolments of persons who were enrolled before, and cases reopened after they were closed.",
    ),
    _persons(
        "interviewed",
        "Persone a colloquio",
        "Interviewed",
        "persons",
        "first access interview",
        "Persons at their first access interview that was held; not the number of interviews.",
    ),
    _persons(
        "interviews",
        "Colloqui",
        "Interviews",
        "interviews",
        "interview",
        "Interviews held, of every kind; a person may have several.",
    ),
    _persons(
        "in_target",
        "Idonei",
        "In target",
        "persons",
        "first judgement",
        "Persons first judged in target. Neither part of those taken in charge, nor the other way round.",
    ),
    _persons(
        "taken_in_charge",
        "Presi in carico",
        "Taken in charge",
        "persons",
        "taking in charge",
        "Persons at their first taking in charge in the period (flow).",
    ),
    Measure(
        "taken_in_charge_cohort_rate",
        Title("Iscritti presi in carico", "Enrolled who were taken in charge"),
        "share of persons",
        "Of those enrolled in the period, the share taken in charge by its end (cohort).",
        "enrolment",
        (*PERIODS, *PERSON),
        Value.RATE,
        population="taken_in_charge_cohort",
    ),
    _links(
        "placements",
        "Inserimenti",
        "Placements",
        "contract links",
        "Starts and renewals of contracts by the day on which the link starts. Not voided ones, not transformations, "
        "not internships. A person may have several: see placed_persons.",
    ),
    _links(
        "placed_persons",
        "Persone inserite",
        "Placed persons",
        "persons",
        "Persons with at least one placement in the period. By year a person counts once in each.",
    ),
    _links(
        "first_time",
        "Primi inserimenti",
        "First placements",
        "contract links",
        "Placements of persons whom the programme had never placed before.",
    ),
    _links(
        "new_relationships",
        "Nuovi rapporti",
        "New employments",
        "contract links",
        "Placements that start an employment; renewals are left out.",
    ),
    _links(
        "renewals",
        "Proroghe",
        "Renewals",
        "contract links",
        "Placements that extend an employment. Their class is that of the chain at that date.",
    ),
    _links(
        "permanent_share",
        "Quota a tempo indeterminato",
        "Permanent share",
        "share of contract links",
        "Of the placements of the period, the share whose contract is permanent.",
        Value.RATE,
    ),
    Measure(
        "placement_rate",
        Title("Persone inserite su prese in carico", "Placed over taken in charge"),
        "ratio of persons",
        "Persons placed in the period over persons taken in charge in the period: two flows, not a cohort.",
        "start of the link; taking in charge",
        (*PERIODS, *PERSON),
        Value.RATE,
    ),
    Measure(
        "hiring_companies",
        Title("Imprese che assumono", "Hiring companies"),
        "companies",
        "Companies with at least one placement in the period.",
        "start of the link",
        (*PERIODS, "company_size"),
    ),
    Measure(
        "companies_in_network",
        Title("Imprese in rete", "Companies in the network"),
        "companies",
        "Companies known to the programme at the end of the period.",
        "registration",
        ("company_size",),
        reading=Reading.STOCK,
    ),
    Measure(
        "vacancies_opened",
        Title("Posizioni aperte", "Vacancies opened"),
        "vacancies",
        "Vacancies opened in the period.",
        "opening",
        (*PERIODS, "comune_of_work"),
    ),
    Measure(
        "selections",
        Title("Selezioni", "Selections"),
        "requests",
        "Requests of companies that were worked on.",
        "opening of the selection",
        PERIODS,
    ),
    Measure(
        "companies_with_selections",
        Title("Imprese con selezioni", "Companies with selections"),
        "companies",
        "Companies for which at least one selection was opened in the period.",
        "opening of the selection",
        PERIODS,
    ),
    _persons(
        "shortlisted",
        "Candidati selezionati",
        "Shortlisted",
        "candidacies",
        "shortlisting",
        "Persons shortlisted for a vacancy; one for each vacancy.",
    ),
    _persons(
        "accepted",
        "Candidati accettati",
        "Accepted",
        "candidacies",
        "acceptance",
        "Candidacies that company and person accepted.",
    ),
    Measure(
        "refused",
        Title("Candidature rifiutate", "Refused"),
        "candidacies",
        "Candidacies refused by the company or by the person, with a reason of the closed list.",
        "refusal",
        (*PERIODS, *PERSON, "refused_by", "refusal_reason"),
    ),
    Measure(
        "days_to_placement",
        Title("Giorni all'inserimento", "Days to placement"),
        "days",
        "Days from the first access interview to the start of a person's first placement of the period.",
        "start of the link",
        PERSON,
        Value.DAYS,
    ),
    Measure(
        "days_to_interview",
        Title("Giorni al colloquio", "Days to interview"),
        "days",
        "Days from the enrolment to the first access interview.",
        "first access interview",
        (*PERIODS, *PERSON),
        Value.DAYS,
    ),
)
