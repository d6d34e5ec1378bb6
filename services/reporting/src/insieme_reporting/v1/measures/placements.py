"""Placements (inserimenti): contract links, and who stands behind them."""

from __future__ import annotations

from insieme_reporting.measure import Measure, Text, Value
from insieme_reporting.v1.measures.shared import PERIODS, PERSON, of_links

MEASURES: tuple[Measure, ...] = (
    of_links(
        "placements",
        "Inserimenti",
        "Placements",
        "contract links",
        Text(
            "Avviamenti e proroghe di contratti, per il giorno in cui inizia l'anello. Non quelli annullati, non le "
            "trasformazioni, non i tirocini. Una persona può averne più d'uno: si veda placed_persons.",
            "Starts and renewals of contracts by the day on which the link starts. Not voided ones, not "
            "transformations, not internships. A person may have several: see placed_persons.",
        ),
    ),
    of_links(
        "placed_persons",
        "Persone inserite",
        "Placed persons",
        "persons",
        Text(
            "Persone con almeno un inserimento nel periodo. Per anno, una persona conta una volta in ciascuno.",
            "Persons with at least one placement in the period. By year a person counts once in each.",
        ),
    ),
    of_links(
        "first_time",
        "Primi inserimenti",
        "First placements",
        "contract links",
        Text(
            "Inserimenti di persone che il programma non aveva mai inserito prima.",
            "Placements of persons whom the programme had never placed before.",
        ),
    ),
    of_links(
        "new_relationships",
        "Nuovi rapporti",
        "New employments",
        "contract links",
        Text(
            "Inserimenti che avviano un rapporto; le proroghe sono escluse.",
            "Placements that start an employment; renewals are left out.",
        ),
    ),
    of_links(
        "renewals",
        "Proroghe",
        "Renewals",
        "contract links",
        Text(
            "Inserimenti che prorogano un rapporto. La tipologia è quella della catena a quella data.",
            "Placements that extend an employment. Their class is that of the chain at that date.",
        ),
    ),
    of_links(
        "permanent_share",
        "Quota a tempo indeterminato",
        "Permanent share",
        "share of contract links",
        Text(
            "Degli inserimenti del periodo, la quota a tempo indeterminato.",
            "Of the placements of the period, the share whose contract is permanent.",
        ),
        Value.RATE,
    ),
    Measure(
        "placement_rate",
        Text("Persone inserite su prese in carico", "Placed over taken in charge"),
        "ratio of persons",
        Text(
            "Persone inserite nel periodo su persone prese in carico nel periodo: due flussi, non una coorte.",
            "Persons placed in the period over persons taken in charge in the period: two flows, not a cohort.",
        ),
        "start of the link; taking in charge",
        (*PERIODS, *PERSON),
        Value.RATE,
    ),
    Measure(
        "hiring_companies",
        Text("Imprese che assumono", "Hiring companies"),
        "companies",
        Text(
            "Imprese con almeno un inserimento nel periodo.",
            "Companies with at least one placement in the period.",
        ),
        "start of the link",
        (*PERIODS, "company_size"),
    ),
    Measure(
        "days_to_placement",
        Text("Giorni all'inserimento", "Days to placement"),
        "days",
        Text(
            "Giorni dal primo colloquio di accesso all'inizio del primo inserimento della persona nel periodo: media e "
            "mediana.",
            "Days from the first access interview to the start of a person's first placement of the period: mean and "
            "median.",
        ),
        "start of the link",
        PERSON,
        Value.DAYS,
    ),
)
