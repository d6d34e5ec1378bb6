"""What parties bring in and share, and how they make the programme known (P23, P26, P47, P71, P73, P76-P78)."""

from __future__ import annotations

from insieme_reporting.measure import Measure, Reading, Text, Value
from insieme_reporting.v1.measures.shared import PERIODS

MEASURES: tuple[Measure, ...] = (
    Measure(
        "contributions",
        Text("Contributi delle parti", "Contributions"),
        "contributions",
        Text(
            "Contributi messi a disposizione dalle parti nel periodo.",
            "What parties made available in the period.",
        ),
        "contribution",
        (*PERIODS, "party", "contribution_kind", "strand"),
        clauses=("P26",),
    ),
    Measure(
        "contribution_hours",
        Text("Ore messe a disposizione", "Hours contributed"),
        "hours",
        Text(
            "Ore messe a disposizione dalle parti nel periodo.",
            "Hours that parties made available in the period.",
        ),
        "contribution",
        (*PERIODS, "party", "contribution_kind", "strand"),
        Value.SUM,
        clauses=("P26",),
    ),
    Measure(
        "contribution_value",
        Text("Valore messo a disposizione", "Value contributed"),
        "euro cents",
        Text(
            "Valore in denaro di quanto le parti hanno messo a disposizione nel periodo.",
            "Value in money of what parties made available in the period.",
        ),
        "contribution",
        (*PERIODS, "party", "contribution_kind", "strand"),
        Value.SUM,
        clauses=("P26",),
    ),
    Measure(
        "practices",
        Text("Buone prassi", "Good practices"),
        "practices",
        Text(
            "Buone prassi proposte, adottate o condivise nel periodo; ognuna conta una volta.",
            "Good practices proposed, adopted or shared in the period; each counts once.",
        ),
        "step",
        (*PERIODS, "party", "step"),
        clauses=("P23", "P47"),
    ),
    Measure(
        "exchanges",
        Text("Scambi di informazioni", "Exchanges of information"),
        "exchanges",
        Text(
            "Scambi di informazioni tra le parti nel periodo; la parte è quella che le ha date.",
            "Exchanges of information between parties in the period; the party is the one that gave it.",
        ),
        "exchange",
        (*PERIODS, "party", "level"),
        clauses=("P47",),
    ),
    Measure(
        "outreach",
        Text("Iniziative sul territorio", "Outreach in the territory"),
        "occasions",
        Text(
            "Iniziative con cui le parti hanno fatto conoscere il programma in un territorio nel periodo.",
            "Occasions on which parties made the programme known in a territory in the period.",
        ),
        "occasion",
        (*PERIODS, "party", "territory_kind"),
        clauses=("P73",),
    ),
    Measure(
        "outreach_coverage_rate",
        Text("Territori raggiunti", "Territories reached"),
        "share of territories",
        Text(
            "Dei quartieri, delle unioni e dei distretti, la quota in cui Comune o Città metropolitana hanno "
            "fatto conoscere il programma nel periodo.",
            "Of the quartieri, unioni and distretti, the share in which Comune or Città metropolitana made the "
            "programme known in the period.",
        ),
        "occasion",
        ("territory_kind",),
        Value.RATE,
        clauses=("P73",),
    ),
    Measure(
        "outreach_comuni_rate",
        Text("Comuni raggiunti", "Comuni reached"),
        "share of comuni",
        Text(
            "Dei comuni, la quota raggiunta nel periodo in sé, con la sua unione o, per Bologna, con un quartiere.",
            "Of the comuni, the share reached in the period in itself, by its unione or, for Bologna, by a quartiere.",
        ),
        "occasion",
        (),
        Value.RATE,
        clauses=("P73",),
    ),
    Measure(
        "companies_reached",
        Text("Imprese raggiunte dalle associazioni", "Companies reached by associations"),
        "companies",
        Text(
            "Imprese raggiunte da associazioni e sindacati nel periodo, come dichiarate; la stessa può contare "
            "più volte.",
            "Companies reached by associations and unions in the period, as they say; one may count several times.",
        ),
        "occasion",
        (*PERIODS, "party"),
        Value.SUM,
        clauses=("P76",),
    ),
    Measure(
        "companies_introduced",
        Text("Imprese portate dalle parti", "Companies introduced by parties"),
        "companies",
        Text(
            "Imprese portate al programma da una parte nel periodo.",
            "Companies that a party brought to the programme in the period.",
        ),
        "introduction",
        (*PERIODS, "party"),
        clauses=("P76",),
    ),
    Measure(
        "visibility_events",
        Text("Eventi pubblici", "Public events"),
        "events",
        Text(
            "Eventi pubblici del periodo; ognuno conta sotto ogni promotore e ogni tema, e una volta in tutto.",
            "Public events of the period; each counts under every promoter and theme, and once in all.",
        ),
        "event",
        (*PERIODS, "party", "theme", "scope"),
        clauses=("P77", "P78"),
    ),
    Measure(
        "staff_committed",
        Text("Personale messo a disposizione", "Staff committed"),
        "hundredths of full-time persons",
        Text(
            "Personale che le parti danno negli anni del periodo.",
            "Staff that parties give in the years of the period.",
        ),
        "first day of the year",
        ("year", "party", "staff_profile"),
        Value.SUM,
        clauses=("P71",),
    ),
    Measure(
        "desks_open",
        Text("Sportelli aperti", "Desks open"),
        "desks",
        Text(
            "Sportelli aperti l'ultimo giorno del periodo.",
            "Desks that are open on the last day of the period.",
        ),
        "opening",
        ("party",),
        reading=Reading.STOCK,
        clauses=("P71",),
    ),
)
