"""The funnel: what becomes of the persons who apply (aggregates.md section 2)."""

from __future__ import annotations

from insieme_reporting.measure import Measure, Text, Value
from insieme_reporting.v1.measures.shared import PERIODS, PERSON, of_persons

MEASURES: tuple[Measure, ...] = (
    of_persons(
        "applications",
        "Candidature",
        "Applications",
        "applications",
        "receipt",
        Text(
            "Candidature ricevute, qualunque ne sia stato l'esito.",
            "Applications received, whatever became of them.",
        ),
    ),
    of_persons(
        "enrolled",
        "Iscritti",
        "Enrolled",
        "persons",
        "enrolment",
        Text(
            "Persone alla prima iscrizione non annullata. Un secondo percorso o uno riaperto conta come reiscrizione.",
            "Persons at their first enrolment that was not voided. A second case or a reopened one counts as "
            "re-enrolled.",
        ),
    ),
    of_persons(
        "re_enrolled",
        "Reiscrizioni",
        "Re-enrolled",
        "enrolments",
        "enrolment or reopening",
        Text(
            "Iscrizioni ulteriori di persone già iscritte, e percorsi riaperti dopo la chiusura.",
            "Further enrolments of persons who were enrolled before, and cases reopened after they were closed.",
        ),
    ),
    of_persons(
        "interviewed",
        "Persone a colloquio",
        "Interviewed",
        "persons",
        "first access interview",
        Text(
            "Persone al primo colloquio di accesso tenuto; non il numero dei colloqui.",
            "Persons at their first access interview that was held; not the number of interviews.",
        ),
    ),
    of_persons(
        "interviews",
        "Colloqui",
        "Interviews",
        "interviews",
        "interview",
        Text(
            "Colloqui tenuti, di ogni tipo; una persona può averne più d'uno.",
            "Interviews held, of every kind; a person may have several.",
        ),
    ),
    of_persons(
        "in_target",
        "Idonei",
        "In target",
        "persons",
        "first judgement",
        Text(
            "Persone giudicate idonee per la prima volta. Non sono una parte dei presi in carico, né viceversa.",
            "Persons first judged in target. Neither part of those taken in charge, nor the other way round.",
        ),
    ),
    of_persons(
        "taken_in_charge",
        "Presi in carico",
        "Taken in charge",
        "persons",
        "taking in charge",
        Text(
            "Persone alla prima presa in carico, avvenuta nel periodo (flusso).",
            "Persons at their first taking in charge in the period (flow).",
        ),
    ),
    Measure(
        "taken_in_charge_cohort_rate",
        Text("Iscritti presi in carico", "Enrolled who were taken in charge"),
        "share of persons",
        Text(
            "Degli iscritti nel periodo, la quota presa in carico entro la fine dello stesso (coorte).",
            "Of those enrolled in the period, the share taken in charge by its end (cohort).",
        ),
        "enrolment",
        (*PERIODS, *PERSON),
        Value.RATE,
        population="taken_in_charge_cohort",
    ),
    Measure(
        "days_to_interview",
        Text("Giorni al colloquio", "Days to interview"),
        "days",
        Text(
            "Giorni dall'iscrizione al primo colloquio di accesso: media e mediana.",
            "Days from the enrolment to the first access interview: mean and median.",
        ),
        "first access interview",
        (*PERIODS, *PERSON),
        Value.DAYS,
    ),
)
