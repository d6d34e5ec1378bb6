"""Budgets, resources and what an outcome costs; every amount in euro cents (P20, P52, P66, P67, P72)."""

from __future__ import annotations

from insieme_reporting.measure import Measure, Text, Value
from insieme_reporting.v1.measures.shared import PERIODS

# A budget is that of a year: a shorter period would count it whole or not at all.
OF_YEAR = ("year", "source", "strand")

MEASURES: tuple[Measure, ...] = (
    Measure(
        "budget",
        Text("Bilancio", "Budget"),
        "euro cents",
        Text(
            "Quanto le fonti possono spendere negli anni del periodo, secondo i bilanci in vigore.",
            "What the sources may spend in the years of the period, by the budgets in force.",
        ),
        "first day of the year of the budget",
        (*OF_YEAR, "party"),
        Value.SUM,
        clauses=("P66",),
    ),
    Measure(
        "committed",
        Text("Impegnato", "Committed"),
        "euro cents",
        Text(
            "Impegni assunti nel periodo, al netto di quanto è stato poi liberato o restituito.",
            "Commitments made in the period, less what was released or came back since.",
        ),
        "commitment",
        (*PERIODS, "source", "strand", "commitment_kind"),
        Value.SUM,
        clauses=("P64", "P66"),
    ),
    Measure(
        "spent",
        Text("Speso", "Spent"),
        "euro cents",
        Text(
            "Spese del periodo, al netto delle restituzioni del periodo.",
            "Expenditure of the period, less what came back in the period.",
        ),
        "expenditure; return",
        (*PERIODS, "source", "strand", "party"),
        Value.SUM,
        clauses=("P20", "P30", "P66", "P67"),
    ),
    Measure(
        "budget_used_rate",
        Text("Bilancio impegnato", "Share of the budget that is used"),
        "share of euro cents",
        Text(
            "Dei bilanci degli anni del periodo, la quota impegnata o spesa senza impegno, in qualunque data.",
            "Of the budgets of the years in the period, the share committed or spent without a commitment, whenever.",
        ),
        "first day of the year of the budget",
        OF_YEAR,
        Value.SHARE,
        clauses=("P66",),
    ),
    Measure(
        "budget_spent_rate",
        Text("Bilancio speso", "Share of the budget that was spent"),
        "share of euro cents",
        Text(
            "Dei bilanci degli anni del periodo, la quota spesa al netto delle restituzioni, in qualunque data.",
            "Of the budgets of the years in the period, the share spent less what came back, whenever.",
        ),
        "first day of the year of the budget",
        (*OF_YEAR, "party"),
        Value.SHARE,
        clauses=("P66",),
    ),
    Measure(
        "planned",
        Text("Piano di lavoro", "Planned"),
        "euro cents",
        Text(
            "I massimali dei piani approvati per gli anni del periodo, come modificati.",
            "The ceilings of the approved plans of the years in the period, as amended.",
        ),
        "first day of the year of the plan",
        OF_YEAR,
        Value.SUM,
        clauses=("P52", "P66"),
    ),
    Measure(
        "resources_committed",
        Text("Risorse messe a disposizione", "Resources committed"),
        "euro cents",
        Text(
            "Quanto le parti mettono a disposizione per gli anni del periodo.",
            "What the parties put into the years of the period.",
        ),
        "first day of the year",
        ("year", "source", "party"),
        Value.SUM,
        clauses=("P52", "P72"),
    ),
    Measure(
        "resources_cashed",
        Text("Risorse incassate", "Resources cashed"),
        "euro cents",
        Text(
            "Quanto è entrato delle risorse messe a disposizione per gli anni del periodo.",
            "What has come in of the resources of the years in the period.",
        ),
        "first day of the year",
        ("year", "source", "party"),
        Value.SUM,
        clauses=("P52", "P72"),
    ),
    Measure(
        "planned_on_resources_rate",
        Text("Piano su risorse", "Planned over resources"),
        "share of euro cents",
        Text(
            "I massimali dei piani approvati sulle risorse messe a disposizione per gli stessi anni.",
            "The ceilings of the approved plans over the resources committed for the same years.",
        ),
        "first day of the year",
        ("year", "source"),
        Value.SHARE,
        clauses=("P52",),
    ),
    Measure(
        "cost_per_taken_in_charge",
        Text("Costo per persona presa in carico", "Cost per person taken in charge"),
        "euro cents per person",
        Text(
            "Tutto quanto è stato speso nel periodo, al netto delle restituzioni, sulle persone prese in carico"
            " del periodo.",
            "All that was spent in the period, less what came back, over the persons taken in charge of the period.",
        ),
        "expenditure; taking in charge",
        PERIODS,
        Value.COST,
        clauses=("P20",),
    ),
    Measure(
        "cost_per_placed_person",
        Text("Costo per persona inserita", "Cost per placed person"),
        "euro cents per person",
        Text(
            "Tutto quanto è stato speso nel periodo, al netto delle restituzioni, sulle persone con almeno un "
            "inserimento del periodo.",
            "All that was spent in the period, less what came back, over the persons with at least one "
            "placement of the period.",
        ),
        "expenditure; start of the link",
        PERIODS,
        Value.COST,
        clauses=("P20",),
    ),
    Measure(
        "cost_per_placement",
        Text("Costo per inserimento", "Cost per placement"),
        "euro cents per contract link",
        Text(
            "Tutto quanto è stato speso nel periodo, al netto delle restituzioni, sugli inserimenti del periodo.",
            "All that was spent in the period, less what came back, over the placements of the period.",
        ),
        "expenditure; start of the link",
        PERIODS,
        Value.COST,
        clauses=("P20",),
    ),
    Measure(
        "cost_per_permanent_placement",
        Text("Costo per inserimento a tempo indeterminato", "Cost per permanent placement"),
        "euro cents per contract link",
        Text(
            "Tutto quanto è stato speso nel periodo, al netto delle restituzioni, sugli inserimenti a tempo "
            "indeterminato del periodo.",
            "All that was spent in the period, less what came back, over the permanent placements of the period.",
        ),
        "expenditure; start of the link",
        PERIODS,
        Value.COST,
        clauses=("P20",),
    ),
    Measure(
        "cost_per_course",
        Text("Costo per corso", "Cost per course"),
        "euro cents per course",
        Text(
            "La spesa dei filoni 2.a, 2.b e 2.c nel periodo, al netto delle restituzioni, sui corsi attivati "
            "del periodo.",
            "What was spent on strands 2.a, 2.b and 2.c in the period, less what came back, over the courses "
            "activated of the period.",
        ),
        "expenditure; activation",
        (*PERIODS, "strand"),
        Value.COST,
        clauses=("P20",),
    ),
    Measure(
        "cost_per_participation",
        Text("Costo per partecipazione", "Cost per participation"),
        "euro cents per participation",
        Text(
            "La spesa dei filoni 2.a, 2.b e 2.c nel periodo, al netto delle restituzioni, sulle partecipazioni "
            "iniziate del periodo.",
            "What was spent on strands 2.a, 2.b and 2.c in the period, less what came back, over the "
            "participations begun of the period.",
        ),
        "expenditure; first lesson",
        (*PERIODS, "strand"),
        Value.COST,
        clauses=("P20",),
    ),
    Measure(
        "cost_per_project_job",
        Text("Costo per posto creato da un progetto", "Cost per job that a project created"),
        "euro cents per job",
        Text(
            "La spesa dei filoni 3.a e 3.b nel periodo, al netto delle restituzioni, sui posti creati dai "
            "progetti del periodo.",
            "What was spent on strands 3.a and 3.b in the period, less what came back, over the jobs that "
            "projects created of the period.",
        ),
        "expenditure; start of the work",
        (*PERIODS, "strand"),
        Value.COST,
        clauses=("P20",),
    ),
)
