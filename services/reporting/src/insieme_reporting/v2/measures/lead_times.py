"""How quickly demand and supply of work find each other (P14)."""

from __future__ import annotations

from insieme_reporting.measure import Measure, Text, Value
from insieme_reporting.v1.measures.shared import PERSON

MEASURES: tuple[Measure, ...] = (
    Measure(
        "days_to_shortlist",
        Text("Giorni alla prima candidatura selezionata", "Days to the first shortlisted person"),
        "days",
        Text(
            "Giorni dall'apertura dell'offerta alla prima persona selezionata per essa, nel periodo.",
            "Days from the opening of a vacancy to the first person shortlisted for it, within the period.",
        ),
        "first shortlisting",
        (),
        Value.DAYS,
        clauses=("P14",),
    ),
    Measure(
        "days_to_reply",
        Text("Giorni alla risposta", "Days to the reply"),
        "days",
        Text(
            "Giorni dalla presentazione di una persona alla risposta, accettazione o rifiuto, nel periodo.",
            "Days from the presentation of a person to the answer, acceptance or refusal, within the period.",
        ),
        "answer",
        PERSON,
        Value.DAYS,
        clauses=("P14", "P32"),
    ),
)
