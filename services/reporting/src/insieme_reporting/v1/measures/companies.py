"""Companies, their vacancies and the persons put forward for them."""

from __future__ import annotations

from insieme_reporting.measure import Measure, Reading, Text
from insieme_reporting.v1.measures.shared import PERIODS, PERSON, of_persons

MEASURES: tuple[Measure, ...] = (
    Measure(
        "companies_in_network",
        Text("Imprese in rete", "Companies in the network"),
        "companies",
        Text(
            "Imprese note al programma alla fine del periodo.",
            "Companies known to the programme at the end of the period.",
        ),
        "registration",
        ("company_size",),
        reading=Reading.STOCK,
    ),
    Measure(
        "vacancies_opened",
        Text("Offerte aperte", "Vacancies opened"),
        "vacancies",
        Text(
            "Offerte aperte nel periodo; quelle inserite per errore sono escluse.",
            "Vacancies opened in the period; those keyed by mistake are left out.",
        ),
        "opening",
        (*PERIODS, "comune_of_work"),
    ),
    Measure(
        "positions",
        Text("Posti offerti", "Positions"),
        "positions",
        Text("Posti delle offerte aperte nel periodo.", "Positions of the vacancies opened in the period."),
        "opening",
        (*PERIODS, "comune_of_work"),
    ),
    Measure(
        "selections",
        Text("Selezioni", "Selections"),
        "requests",
        Text(
            "Richieste di imprese sulle quali si è lavorato.",
            "Requests of companies that were worked on.",
        ),
        "opening of the selection",
        PERIODS,
    ),
    Measure(
        "companies_with_selections",
        Text("Imprese con selezioni", "Companies with selections"),
        "companies",
        Text(
            "Imprese per le quali è stata aperta almeno una selezione nel periodo.",
            "Companies for which at least one selection was opened in the period.",
        ),
        "opening of the selection",
        PERIODS,
    ),
    of_persons(
        "shortlisted",
        "Candidati selezionati",
        "Shortlisted",
        "candidacies",
        "shortlisting",
        Text(
            "Persone selezionate per un'offerta; una per ciascuna offerta.",
            "Persons shortlisted for a vacancy; one for each vacancy.",
        ),
    ),
    of_persons(
        "presented",
        "Candidati presentati",
        "Presented",
        "candidacies",
        "presentation",
        Text(
            "Persone presentate a un'impresa per un'offerta; una per ciascuna offerta.",
            "Persons presented to a company for a vacancy; one for each vacancy.",
        ),
    ),
    of_persons(
        "accepted",
        "Candidati accettati",
        "Accepted",
        "candidacies",
        "acceptance",
        Text(
            "Candidature accettate dall'impresa e dalla persona.",
            "Candidacies that company and person accepted.",
        ),
    ),
    Measure(
        "refused",
        Text("Candidature rifiutate", "Refused"),
        "candidacies",
        Text(
            "Candidature rifiutate dall'impresa o dalla persona, con un motivo dell'elenco chiuso.",
            "Candidacies refused by the company or by the person, with a reason of the closed list.",
        ),
        "refusal",
        (*PERIODS, *PERSON, "refused_by", "refusal_reason"),
    ),
)
