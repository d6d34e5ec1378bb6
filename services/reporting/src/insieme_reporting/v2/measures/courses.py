"""Courses, who took part in them and what came of it (P20, P36-P42)."""

from __future__ import annotations

from insieme_reporting.measure import Measure, Text, Value
from insieme_reporting.v1.measures.shared import PERIODS, PERSON

COURSE = ("strand", "course", "module_kind")


def of_participants(name: str, title: Text, definition: Text, event_time: str) -> Measure:
    return Measure(name, title, "participations", definition, event_time, (*PERIODS, *PERSON, *COURSE))


def rate(name: str, title: Text, definition: Text) -> Measure:
    by = (*PERIODS, *PERSON, *COURSE)
    return Measure(name, title, "share of participations", definition, "first lesson", by, Value.RATE)


MEASURES: tuple[Measure, ...] = (
    Measure(
        "courses_activated",
        Text("Corsi attivati", "Courses activated"),
        "courses",
        Text("Corsi attivati nel periodo.", "Courses activated in the period."),
        "activation",
        (*PERIODS, *COURSE),
    ),
    of_participants(
        "course_participants",
        Text("Partecipanti ai corsi", "Course participants"),
        Text("Partecipazioni iniziate nel periodo.", "Participations that began in the period."),
        "first lesson",
    ),
    of_participants(
        "course_completed",
        Text("Corsi conclusi dai partecipanti", "Participations completed"),
        Text("Partecipazioni portate a termine nel periodo.", "Participations completed in the period."),
        "completion",
    ),
    of_participants(
        "course_qualified",
        Text("Qualifiche conseguite", "Qualifications gained"),
        Text(
            "Partecipazioni concluse con un certificato di qualifica nel periodo.",
            "Participations that a certificate of qualification of the period ended.",
        ),
        "certificate",
    ),
    of_participants(
        "course_placed",
        Text("Inseriti dopo il corso", "Placed after the course"),
        Text(
            "Delle partecipazioni iniziate nel periodo, quelle seguite da almeno un inserimento, in qualunque data.",
            "Of the participations that began in the period, those that at least one placement followed, whenever.",
        ),
        "first lesson",
    ),
    rate(
        "course_completion_rate",
        Text("Corsi conclusi su iniziati", "Completed over started"),
        Text(
            "Delle partecipazioni iniziate nel periodo, la quota portata a termine, in qualunque data.",
            "Of the participations that began in the period, the share that was completed, whenever.",
        ),
    ),
    rate(
        "course_placement_rate",
        Text("Inseriti su partecipanti", "Placed over started"),
        Text(
            "Delle partecipazioni iniziate nel periodo, la quota seguita da un inserimento, in qualunque data.",
            "Of the participations that began in the period, the share that a placement followed, whenever.",
        ),
    ),
)
