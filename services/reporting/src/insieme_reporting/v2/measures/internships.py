"""Internships and what became of them, and the needs of companies (P34, P35, P60)."""

from __future__ import annotations

from insieme_reporting.measure import Measure, Reading, Text, Value
from insieme_reporting.v1.measures.shared import PERIODS, PERSON

MEASURES: tuple[Measure, ...] = (
    Measure(
        "internships_started",
        Text("Tirocini avviati", "Internships started"),
        "internships",
        Text(
            "Tirocini iniziati nel periodo; un tirocinio non è un inserimento.",
            "Internships that began in the period; an internship is no placement.",
        ),
        "first day",
        (*PERIODS, *PERSON, "company_size"),
        clauses=("P34",),
    ),
    Measure(
        "internships_running",
        Text("Tirocini in corso", "Internships running"),
        "internships",
        Text(
            "Tirocini in corso l'ultimo giorno del periodo.",
            "Internships under way on the last day of the period.",
        ),
        "first day",
        PERSON,
        reading=Reading.STOCK,
        clauses=("P34",),
    ),
    Measure(
        "internships_ended",
        Text("Tirocini conclusi", "Internships ended"),
        "internships",
        Text(
            "Tirocini finiti nel periodo, con il loro esito.",
            "Internships that ended in the period, with their outcome.",
        ),
        "last day",
        (*PERIODS, *PERSON, "company_size", "outcome"),
        clauses=("P34", "P35"),
    ),
    Measure(
        "internship_conversion_30_rate",
        Text("Tirocini seguiti da un contratto entro 30 giorni", "Internships followed by a contract within 30 days"),
        "share of internships",
        Text(
            "Dei tirocini finiti nel periodo, la quota dopo la quale l'ospitante ha assunto la persona entro 30"
            " giorni.",
            "Of the internships that ended in the period, the share after which the host employed the person "
            "within 30 days.",
        ),
        "last day of the internship",
        (*PERIODS, *PERSON, "company_size"),
        Value.RATE,
        clauses=("P35",),
    ),
    Measure(
        "internship_conversion_90_rate",
        Text("Tirocini seguiti da un contratto entro 90 giorni", "Internships followed by a contract within 90 days"),
        "share of internships",
        Text(
            "Dei tirocini finiti nel periodo, la quota dopo la quale l'ospitante ha assunto la persona entro 90"
            " giorni.",
            "Of the internships that ended in the period, the share after which the host employed the person "
            "within 90 days.",
        ),
        "last day of the internship",
        (*PERIODS, *PERSON, "company_size"),
        Value.RATE,
        clauses=("P35",),
    ),
    Measure(
        "internships_evaluated_rate",
        Text("Tirocini valutati da entrambi", "Internships evaluated by both"),
        "share of internships",
        Text(
            "Dei tirocini finiti nel periodo, la quota valutata sia dalla persona sia dall'impresa.",
            "Of the internships that ended in the period, the share evaluated by the person and the company.",
        ),
        "last day of the internship",
        (*PERIODS, *PERSON, "company_size"),
        Value.RATE,
        clauses=("P35",),
    ),
    Measure(
        "needed_positions",
        Text("Fabbisogni dichiarati", "Positions needed"),
        "positions",
        Text(
            "Posizioni che le imprese hanno dichiarato di prevedere, per il giorno della dichiarazione.",
            "Positions that companies said they expect to look for, by the day on which they said it.",
        ),
        "declaration",
        (*PERIODS, "profile"),
        Value.SUM,
        clauses=("P31", "P60"),
    ),
    Measure(
        "needs_converted_rate",
        Text("Fabbisogni diventati offerte", "Needs that became vacancies"),
        "share of needs",
        Text(
            "Dei fabbisogni dichiarati nel periodo, la quota diventata un'offerta, in qualunque data.",
            "Of the needs declared in the period, the share that became a vacancy, whenever.",
        ),
        "declaration",
        (*PERIODS, "profile"),
        Value.RATE,
        clauses=("P60",),
    ),
)
