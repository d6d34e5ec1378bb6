"""The work plan, meetings, attendance, decisions, the annual presentation (P49-P52, P56, P58, P70)."""

from __future__ import annotations

from insieme_reporting.measure import Measure, Reading, Text, Value
from insieme_reporting.v1.measures.shared import PERIODS

MEASURES: tuple[Measure, ...] = (
    Measure(
        "plans_approved",
        Text("Piani di lavoro approvati", "Work plans approved"),
        "plans",
        Text(
            "Piani di lavoro approvati nel periodo.",
            "Work plans approved in the period.",
        ),
        "approval",
        PERIODS,
        clauses=("P52",),
    ),
    Measure(
        "plan_actions",
        Text("Azioni del piano", "Actions of the plan"),
        "actions",
        Text(
            "Azioni dei piani approvati per gli anni del periodo.",
            "Actions of the approved plans of the years in the period.",
        ),
        "first day of the year of the plan",
        ("year", "strand", "source", "party"),
        clauses=("P52", "P58"),
    ),
    Measure(
        "plan_actions_done_rate",
        Text("Azioni concluse", "Actions done"),
        "share of actions",
        Text(
            "Delle azioni dei piani degli anni del periodo, la quota dichiarata conclusa.",
            "Of the actions of the plans of the years in the period, the share reported as done.",
        ),
        "first day of the year of the plan",
        ("year", "strand", "source", "party"),
        Value.RATE,
        clauses=("P58",),
    ),
    Measure(
        "meetings_held",
        Text("Riunioni tenute", "Meetings held"),
        "meetings",
        Text(
            "Riunioni tenute nel periodo.",
            "Meetings held in the period.",
        ),
        "meeting",
        (*PERIODS, "body"),
        clauses=("P50", "P54"),
    ),
    Measure(
        "attendance_rate",
        Text("Partecipazione alle riunioni", "Attendance"),
        "share of invitations",
        Text(
            "Degli inviti alle riunioni del periodo con presenza registrata, la quota dei presenti.",
            "Of the invitations to meetings of the period whose attendance was recorded, the share present.",
        ),
        "meeting",
        (*PERIODS, "body", "party"),
        Value.RATE,
        clauses=("P49", "P70"),
    ),
    Measure(
        "decisions_taken",
        Text("Decisioni prese", "Decisions taken"),
        "decisions",
        Text(
            "Decisioni prese nelle riunioni del periodo.",
            "Decisions taken in meetings of the period.",
        ),
        "decision",
        (*PERIODS, "body", "subject", "party"),
        clauses=("P51",),
    ),
    Measure(
        "decisions_completed_rate",
        Text("Decisioni attuate", "Decisions completed"),
        "share of decisions",
        Text(
            "Delle decisioni prese nel periodo, la quota attuata, in qualunque data.",
            "Of the decisions taken in the period, the share completed, whenever.",
        ),
        "decision",
        (*PERIODS, "body", "subject", "party"),
        Value.RATE,
        clauses=("P51",),
    ),
    Measure(
        "decisions_open",
        Text("Decisioni aperte", "Decisions open"),
        "decisions",
        Text(
            "Decisioni non ancora attuate l'ultimo giorno del periodo; in ritardo se il termine era passato.",
            "Decisions not completed on the last day of the period; overdue where the deadline had passed.",
        ),
        "decision",
        ("body", "subject", "party", "overdue"),
        reading=Reading.STOCK,
        clauses=("P51",),
    ),
    Measure(
        "presentations_on_time_rate",
        Text("Presentazioni annuali nei tempi", "Annual presentations in time"),
        "share of years",
        Text(
            "Degli anni del periodo la cui presentazione pubblica era dovuta o è avvenuta, la quota presentata "
            "nei tempi.",
            "Of the years in the period whose public presentation was due or held, the share presented in time.",
        ),
        "last day of the year of the results",
        ("year",),
        Value.RATE,
        clauses=("P56",),
    ),
)
