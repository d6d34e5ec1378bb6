"""Calls, projects and the jobs that they create (P43-P45, P61, P63, P64)."""

from __future__ import annotations

from insieme_reporting.measure import Measure, Reading, Text, Value
from insieme_reporting.v1.measures.shared import PERIODS, PERSON

MEASURES: tuple[Measure, ...] = (
    Measure(
        "calls_opened",
        Text("Bandi aperti", "Calls opened"),
        "calls",
        Text(
            "Bandi aperti nel periodo.",
            "Calls opened in the period.",
        ),
        "opening",
        (*PERIODS, "strand"),
    ),
    Measure(
        "projects_submitted",
        Text("Progetti presentati", "Projects submitted"),
        "projects",
        Text(
            "Progetti presentati nel periodo.",
            "Projects submitted in the period.",
        ),
        "submission",
        (*PERIODS, "strand"),
    ),
    Measure(
        "projects_accompanied",
        Text("Progetti accompagnati", "Projects accompanied"),
        "projects",
        Text(
            "Progetti il cui accompagnamento è iniziato nel periodo.",
            "Projects whose accompaniment began in the period.",
        ),
        "start of the accompaniment",
        (*PERIODS, "strand"),
    ),
    Measure(
        "projects_approved",
        Text("Progetti approvati", "Projects approved"),
        "projects",
        Text(
            "Progetti approvati dal Comitato di gestione nel periodo.",
            "Projects that the Comitato di gestione approved in the period.",
        ),
        "approval",
        (*PERIODS, "strand"),
    ),
    Measure(
        "projects_funded",
        Text("Progetti finanziati", "Projects funded"),
        "projects",
        Text(
            "Progetti finanziati nel periodo, anche se poi revocati.",
            "Projects funded in the period, also where the funding was revoked later.",
        ),
        "funding",
        (*PERIODS, "strand", "source"),
    ),
    Measure(
        "projects_by_state",
        Text("Progetti per stato", "Projects by state"),
        "projects",
        Text(
            "Progetti presentati entro la fine del periodo, nello stato dell'ultimo giorno.",
            "Projects submitted by the end of the period, in the state of its last day.",
        ),
        "submission",
        ("strand", "state"),
        reading=Reading.STOCK,
    ),
    Measure(
        "project_pass_rate",
        Text("Progetti valutati positivamente", "Projects evaluated positive"),
        "share of projects",
        Text(
            "Dei progetti valutati nel periodo, la quota giudicata positivamente.",
            "Of the projects evaluated in the period, the share judged positive.",
        ),
        "evaluation",
        (*PERIODS, "strand"),
        Value.RATE,
    ),
    Measure(
        "project_funding_rate",
        Text("Progetti finanziati su presentati", "Funded over submitted"),
        "share of projects",
        Text(
            "Dei progetti presentati nel periodo, la quota finanziata, in qualunque data.",
            "Of the projects submitted in the period, the share that was funded, whenever.",
        ),
        "submission",
        (*PERIODS, "strand"),
        Value.RATE,
    ),
    Measure(
        "project_grants",
        Text("Contributi concessi", "Grants"),
        "euro cents",
        Text(
            "Contributi concessi ai progetti nel periodo, compresi quelli poi revocati.",
            "What was granted to projects in the period; grants revoked later are in it.",
        ),
        "funding",
        (*PERIODS, "strand", "source"),
        Value.SUM,
    ),
    Measure(
        "days_to_evaluation",
        Text("Giorni alla valutazione", "Days to the evaluation"),
        "days",
        Text(
            "Giorni dalla presentazione di un progetto alla sua valutazione.",
            "Days from the submission of a project to its evaluation.",
        ),
        "evaluation",
        (*PERIODS, "strand"),
        Value.DAYS,
    ),
    Measure(
        "days_to_funding",
        Text("Giorni al finanziamento", "Days to the funding"),
        "days",
        Text(
            "Giorni dalla presentazione di un progetto al suo finanziamento.",
            "Days from the submission of a project to its funding.",
        ),
        "funding",
        (*PERIODS, "strand"),
        Value.DAYS,
    ),
    Measure(
        "days_to_first_instalment",
        Text("Giorni alla prima rata", "Days to the first instalment"),
        "days",
        Text(
            "Giorni dal finanziamento di un progetto alla sua prima rata.",
            "Days from the funding of a project to its first instalment.",
        ),
        "first instalment",
        (*PERIODS, "strand"),
        Value.DAYS,
    ),
    Measure(
        "days_from_call_to_instalment",
        Text("Giorni dal bando alla prima rata", "Days from the call to the first instalment"),
        "days",
        Text(
            "Giorni dall'apertura del bando alla prima rata di ogni suo progetto.",
            "Days from the opening of the call to the first instalment of each of its projects.",
        ),
        "first instalment",
        (*PERIODS, "strand"),
        Value.DAYS,
    ),
    Measure(
        "jobs_promised",
        Text("Posti promessi dai progetti", "Jobs promised by projects"),
        "jobs",
        Text(
            "Posti che i progetti finanziati nel periodo promettono a persone fragili.",
            "Jobs for fragile persons that the projects funded in the period promise.",
        ),
        "funding",
        (*PERIODS, "strand", "project"),
        Value.SUM,
    ),
    Measure(
        "project_jobs",
        Text("Posti creati dai progetti", "Jobs created by projects"),
        "jobs",
        Text(
            "Inserimenti collegati a un progetto, per il giorno in cui inizia il lavoro.",
            "Placements linked to a project, by the day on which the work starts.",
        ),
        "start of the work",
        (*PERIODS, *PERSON, "strand", "project", "suitability"),
    ),
    Measure(
        "project_job_persons",
        Text("Persone occupate dai progetti", "Persons in jobs of projects"),
        "persons",
        Text(
            "Persone con almeno un posto creato da un progetto nel periodo.",
            "Persons with at least one job of the period that a project created.",
        ),
        "start of the work",
        (*PERIODS, *PERSON, "strand", "project", "suitability"),
    ),
    Measure(
        "job_target_rate",
        Text("Posti creati su promessi", "Jobs created over promised"),
        "ratio of jobs",
        Text(
            "Posti che i progetti finanziati nel periodo hanno creato, in qualunque data, su quelli promessi; "
            "può superare 1.",
            "Jobs that the projects funded in the period created, whenever, over those promised; it may pass 1.",
        ),
        "funding",
        (*PERIODS, "strand", "project"),
        Value.RATE,
    ),
    Measure(
        "project_survival_rate",
        Text("Progetti ancora attivi", "Projects still alive"),
        "share of answers",
        Text(
            "Delle risposte raccolte nel periodo a 12, 24 o 36 mesi dal finanziamento, la quota di progetti attivi.",
            "Of the answers of the period 12, 24 or 36 months after the funding, the share of projects alive.",
        ),
        "answer",
        (*PERIODS, "strand", "months"),
        Value.RATE,
    ),
    Measure(
        "consolidation_actions",
        Text("Azioni di consolidamento", "Consolidation actions"),
        "actions",
        Text(
            "Azioni di imprese del Board a favore di progetti finanziati, nel periodo.",
            "What companies of the Board did for funded projects in the period.",
        ),
        "action",
        (*PERIODS, "strand", "consolidation_kind"),
    ),
    Measure(
        "activities_funded",
        Text("Attività finanziate", "Activities funded"),
        "decisions",
        Text(
            "Attività diverse dai progetti che il Comitato di gestione ha finanziato nel periodo.",
            "Activities beside projects that the Comitato di gestione funded in the period.",
        ),
        "decision",
        (*PERIODS, "strand", "source", "activity_kind"),
    ),
    Measure(
        "microcredits",
        Text("Microcrediti", "Microcredits"),
        "microcredits",
        Text(
            "Microcrediti concessi dalla banca nel periodo.",
            "Microcredits that the bank granted in the period.",
        ),
        "granting",
        (*PERIODS, "strand"),
    ),
    Measure(
        "microcredit_amount",
        Text("Importo dei microcrediti", "Amount of the microcredits"),
        "euro cents",
        Text(
            "Importo dei microcrediti concessi dalla banca nel periodo.",
            "Amount of the microcredits that the bank granted in the period.",
        ),
        "granting",
        (*PERIODS, "strand"),
        Value.SUM,
    ),
)
