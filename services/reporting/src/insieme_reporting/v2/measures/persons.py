"""Where persons come from and what becomes of them (P11, P12, P18, P25, P29, P48, P74, P75)."""

from __future__ import annotations

from insieme_reporting.measure import Measure, Text, Value
from insieme_reporting.v1.measures.shared import PERIODS, PERSON

REFERRAL = ("direction", "channel")

MEASURES: tuple[Measure, ...] = (
    Measure(
        "enrolled_by_channel",
        Text("Iscritti per canale", "Enrolled by channel"),
        "persons",
        Text(
            "Persone alla prima iscrizione non annullata, per il canale da cui arrivarono.",
            "Persons at their first enrolment that was not voided, by the channel through which they came.",
        ),
        "enrolment",
        (*PERIODS, *PERSON, "unione", "channel"),
        clauses=("P12", "P29"),
    ),
    Measure(
        "referrals",
        Text("Segnalazioni", "Referrals"),
        "referrals",
        Text(
            "Persone segnalate al programma o dal programma nel periodo, con la risposta come sta.",
            "Persons sent to the programme or by it in the period, with the answer as it stands.",
        ),
        "referral",
        (*PERIODS, *REFERRAL, "answer"),
        clauses=("P11", "P12", "P74"),
    ),
    Measure(
        "referral_answer_rate",
        Text("Segnalazioni con risposta", "Referrals answered"),
        "share of referrals",
        Text(
            "Delle segnalazioni del periodo, la quota con risposta, in qualunque data.",
            "Of the referrals of the period, the share that was answered, whenever.",
        ),
        "referral",
        (*PERIODS, *REFERRAL),
        Value.RATE,
        clauses=("P11",),
    ),
    Measure(
        "days_to_referral_reply",
        Text("Giorni alla risposta a una segnalazione", "Days to the reply to a referral"),
        "days",
        Text(
            "Giorni dalla segnalazione alla risposta, per il giorno della risposta.",
            "Days from a referral to its answer, by the day of the answer.",
        ),
        "answer",
        (*PERIODS, *REFERRAL),
        Value.DAYS,
        clauses=("P11", "P14"),
    ),
    Measure(
        "interventions",
        Text("Interventi", "Interventions"),
        "interventions",
        Text(
            "Interventi iniziati nel periodo e non bloccati, o lasciati proseguire.",
            "Interventions that began in the period and were not blocked, or were let go on.",
        ),
        "first day",
        (*PERIODS, *PERSON, "party", "intervention_kind"),
        clauses=("P25", "P30"),
    ),
    Measure(
        "overlaps_detected",
        Text("Interventi doppi trovati", "Doubled interventions found"),
        "interventions",
        Text(
            "Interventi trovati doppi nel periodo.",
            "Interventions that were found doubled in the period.",
        ),
        "finding",
        (*PERIODS, "party", "intervention_kind"),
        clauses=("P25",),
    ),
    Measure(
        "overlap_override_rate",
        Text("Interventi doppi lasciati proseguire", "Doubled interventions let go on"),
        "share of interventions",
        Text(
            "Degli interventi trovati doppi nel periodo, la quota lasciata proseguire; gli altri sono stati evitati.",
            "Of the interventions found doubled in the period, the share let go on; the others were avoided.",
        ),
        "finding",
        (*PERIODS, "party", "intervention_kind"),
        Value.RATE,
        clauses=("P25",),
    ),
    Measure(
        "combined_paths",
        Text("Percorsi combinati", "Combined paths"),
        "persons",
        Text(
            "Persone in una misura regionale mentre è in corso un altro intervento, di altro tipo.",
            "Persons in a regional measure while another intervention runs, of another kind.",
        ),
        "first day of both",
        (*PERIODS, *PERSON),
        clauses=("P48",),
    ),
    Measure(
        "exits",
        Text("Uscite", "Exits"),
        "cases",
        Text(
            "Percorsi chiusi nel periodo e non riaperti.",
            "Cases closed in the period and not opened again.",
        ),
        "closing",
        (*PERIODS, *PERSON, "exit_state"),
        clauses=("P18",),
    ),
    Measure(
        "autonomy_exit_rate",
        Text("Uscite in autonomia", "Exits in autonomy"),
        "share of cases",
        Text(
            "Dei percorsi chiusi nel periodo, la quota finita in lavoro stabile o in proprio.",
            "Of the cases closed in the period, the share that ended in stable work or in work of their own.",
        ),
        "closing",
        (*PERIODS, *PERSON),
        Value.RATE,
        clauses=("P18",),
    ),
    Measure(
        "follow_ups",
        Text("Verifiche dopo la uscita", "Follow-ups"),
        "answers",
        Text(
            "Risposte raccolte nel periodo su che cosa è stato delle persone, per mesi dalla uscita.",
            "Answers of the period about what became of persons, by months since the exit.",
        ),
        "answer",
        (*PERIODS, *PERSON, "months", "outcome"),
        clauses=("P18",),
    ),
    Measure(
        "operation_results",
        Text("Esiti dopo un'operazione finanziata", "Results after a funded operation"),
        "results",
        Text(
            "Che cosa è stato delle persone uscite nel periodo da un'operazione finanziata: due esiti per ciascuna, "
            "all'uscita (0 mesi) e dopo sei mesi. Senza risposta, l'esito non è ancora noto.",
            "What became of persons who left a funded operation in the period: two results for each, at the exit "
            "(0 months) and after six. Without an answer the outcome is not yet known.",
        ),
        "end of participation",
        (*PERIODS, *PERSON, "operation", "months", "outcome"),
        clauses=("P18",),
    ),
    Measure(
        "six_month_follow_up_rate",
        Text("Verificati a sei mesi", "Followed up at six months"),
        "share of cases",
        Text(
            "Dei percorsi chiusi nel periodo, la quota verificata a sei mesi, in qualunque data.",
            "Of the cases closed in the period, the share asked about at six months, whenever.",
        ),
        "closing",
        (*PERIODS, *PERSON),
        Value.RATE,
        clauses=("P18",),
    ),
    Measure(
        "working_at_six_months_rate",
        Text("Al lavoro dopo sei mesi", "At work after six months"),
        "share of answers",
        Text(
            "Delle persone raggiunte a sei mesi, la quota che lavora. Chi non è stato raggiunto non conta.",
            "Of the persons reached at six months, the share that works. Who was not reached is left out.",
        ),
        "answer",
        (*PERIODS, *PERSON),
        Value.RATE,
        clauses=("P18",),
    ),
    Measure(
        "family_support_offered",
        Text("Sostegni familiari offerti", "Family support offered"),
        "measures",
        Text(
            "Misure di sostegno familiare offerte nel periodo.",
            "Measures of family support offered in the period.",
        ),
        "offer",
        (*PERIODS, *PERSON, "support_kind"),
        clauses=("P75",),
    ),
    Measure(
        "family_support_started",
        Text("Sostegni familiari avviati", "Family support taken up"),
        "measures",
        Text(
            "Misure di sostegno familiare avviate nel periodo.",
            "Measures of family support taken up in the period.",
        ),
        "start",
        (*PERIODS, *PERSON, "support_kind"),
        clauses=("P75",),
    ),
    Measure(
        "family_support_placed_rate",
        Text("Inseriti dopo un sostegno familiare", "Placed after family support"),
        "share of persons",
        Text(
            "Delle persone con un sostegno familiare avviato nel periodo, la quota con un inserimento da allora"
            " in poi.",
            "Of the persons who took up family support in the period, the share with a placement from then on.",
        ),
        "start",
        (*PERIODS, *PERSON, "support_kind"),
        Value.RATE,
        clauses=("P75",),
    ),
)
