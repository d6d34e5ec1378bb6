"""Courses, who took part in them and what came of it (P20, P36-P42)."""

from __future__ import annotations

from insieme_reporting.measure import Measure, Text, Value
from insieme_reporting.v1.measures.shared import PERIODS, PERSON

COURSE = ("strand", "course", "module_kind", "proposed_by")


def of_participants(name: str, title: Text, definition: Text, event_time: str, clauses: tuple[str, ...]) -> Measure:
    return Measure(
        name, title, "participations", definition, event_time, (*PERIODS, *PERSON, *COURSE, "channel"), clauses=clauses
    )


def rate(name: str, title: Text, definition: Text, clauses: tuple[str, ...]) -> Measure:
    by = (*PERIODS, *PERSON, *COURSE, "channel")
    return Measure(name, title, "share of participations", definition, "first lesson", by, Value.RATE, clauses=clauses)


MEASURES: tuple[Measure, ...] = (
    Measure(
        "courses_activated",
        Text("Corsi attivati", "Courses activated"),
        "courses",
        Text("Corsi attivati nel periodo.", "Courses activated in the period."),
        "activation",
        (*PERIODS, *COURSE),
        clauses=("P36", "P39", "P40", "P41"),
    ),
    of_participants(
        "course_participants",
        Text("Partecipanti ai corsi", "Course participants"),
        Text("Partecipazioni iniziate nel periodo.", "Participations that began in the period."),
        "first lesson",
        clauses=("P37", "P41"),
    ),
    of_participants(
        "course_completed",
        Text("Corsi conclusi dai partecipanti", "Participations completed"),
        Text("Partecipazioni portate a termine nel periodo.", "Participations completed in the period."),
        "completion",
        clauses=("P37",),
    ),
    of_participants(
        "course_qualified",
        Text("Qualifiche conseguite", "Qualifications gained"),
        Text(
            "Partecipazioni concluse con un certificato di qualifica nel periodo.",
            "Participations that a certificate of qualification of the period ended.",
        ),
        "certificate",
        clauses=("P38",),
    ),
    of_participants(
        "course_placed",
        Text("Inseriti dopo il corso", "Placed after the course"),
        Text(
            "Delle partecipazioni iniziate nel periodo, quelle seguite da almeno un inserimento, in qualunque data.",
            "Of the participations that began in the period, those that at least one placement followed, whenever.",
        ),
        "first lesson",
        clauses=("P36", "P39"),
    ),
    rate(
        "course_completion_rate",
        Text("Corsi conclusi su iniziati", "Completed over started"),
        Text(
            "Delle partecipazioni iniziate nel periodo, la quota portata a termine, in qualunque data.",
            "Of the participations that began in the period, the share that was completed, whenever.",
        ),
        clauses=("P37", "P38"),
    ),
    rate(
        "course_placement_rate",
        Text("Inseriti su partecipanti", "Placed over started"),
        Text(
            "Delle partecipazioni iniziate nel periodo, la quota seguita da un inserimento, in qualunque data.",
            "Of the participations that began in the period, the share that a placement followed, whenever.",
        ),
        clauses=("P20", "P36", "P39"),
    ),
    Measure(
        "course_hours",
        Text("Ore di corso", "Hours of courses"),
        "hours",
        Text("Ore dei corsi attivati nel periodo.", "Hours of the courses activated in the period."),
        "activation",
        (*PERIODS, *COURSE),
        Value.SUM,
        clauses=("P37", "P40"),
    ),
    Measure(
        "course_fill_rate",
        Text("Posti occupati", "Seats taken"),
        "share of seats",
        Text(
            "Dei posti dei corsi iniziati nel periodo, la quota occupata da chi ha cominciato il corso.",
            "Of the seats of the courses that began in the period, the share taken by those who began the course.",
        ),
        "first lesson of the course",
        (*PERIODS, *COURSE),
        Value.RATE,
        clauses=("P39", "P40"),
    ),
    Measure(
        "course_attendance_rate",
        Text("Frequenza ai corsi", "Attendance at courses"),
        "share of minutes",
        Text(
            "Dei minuti di lezione registrati per le partecipazioni concluse nel periodo, la quota di presenza.",
            "Of the minutes of lessons recorded for participations completed in the period, the share present.",
        ),
        "completion",
        (*PERIODS, *PERSON, *COURSE, "channel"),
        Value.SHARE,
        clauses=("P37",),
    ),
    Measure(
        "course_positions",
        Text("Posizioni per i corsi", "Positions for courses"),
        "positions",
        Text(
            "Posizioni di lavoro individuate per i corsi attivati nel periodo e ancora riservate.",
            "Positions identified for the courses activated in the period and kept for them still.",
        ),
        "activation",
        (*PERIODS, "strand", "course"),
        Value.SUM,
        clauses=("P39",),
    ),
    Measure(
        "course_position_rate",
        Text("Posizioni occupate dopo il corso", "Positions taken after the course"),
        "share of positions",
        Text(
            "Delle posizioni individuate per i corsi attivati nel periodo, la quota occupata da un inserimento.",
            "Of the positions identified for the courses activated in the period, the share that a placement took.",
        ),
        "activation",
        (*PERIODS, "strand", "course"),
        Value.RATE,
        clauses=("P39",),
    ),
    rate(
        "course_priority_rate",
        Text("Partecipanti con priorità", "Participants with the priority"),
        Text(
            "Delle partecipazioni iniziate nel periodo e messe in graduatoria, la quota con la priorità.",
            "Of the participations that began in the period and were ranked, the share with the priority.",
        ),
        clauses=("P42",),
    ),
    Measure(
        "language_gain_rate",
        Text("Italiano migliorato", "Italian improved"),
        "share of skills",
        Text(
            "Delle abilità di italiano valutate in ingresso e in uscita, la quota salita di livello.",
            "Of the skills of Italian assessed entering and leaving a course, the share that rose a level.",
        ),
        "assessment at the exit",
        (*PERIODS, *PERSON, *COURSE, "channel"),
        Value.RATE,
        clauses=("P38",),
    ),
)
