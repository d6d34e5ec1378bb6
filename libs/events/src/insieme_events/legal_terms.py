"""When a term that the law sets ends, where its last day is a holiday. The agreement's own deadlines are calendar days.

Holidays are Sundays and those of L. 260/1949 as it stands on the day (from 2026 on 4 October, San Francesco, is one: L.
151/2025). Feasts of patron saints are not among them, so San Petronio moves no term by itself. A term that is counted
backwards from a day is not moved at all (Cass. 182/2011): the communication of a start stays due on the day before.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import Enum
from functools import lru_cache

import holidays

from insieme_events.contracts.agreement import LegalLimits

SATURDAY, SUNDAY = 5, 6


class Rule(Enum):
    """Whose rule ends the term; they differ in the Saturday alone."""

    CIVIL = "civil"
    """Codice civile art. 2963: only holidays move a term, a Saturday is a working day. Terms of Italian law that say
    no other, such as the five days for a change of an employment (standards.md 2.2). The Saturday of c.p.c. art. 155
    is for acts of a trial alone (Cass. 17280/2023)."""
    EUROPEAN = "european"
    """Regulation 1182/71 art. 3(4): holidays, Sundays and Saturdays. Terms of the law of the Union, such as the month
    of GDPR art. 12(3)."""


@lru_cache(maxsize=256)
def of_year(year: int) -> frozenset[date]:
    """The public holidays of Italy in that year."""
    return frozenset(holidays.country_holidays("IT", years=year))


def is_working(day: date, rule: Rule) -> bool:
    if day.weekday() == SUNDAY or day in of_year(day.year):
        return False
    return rule is not Rule.EUROPEAN or day.weekday() != SATURDAY


def last_day(day: date, rule: Rule) -> date:
    """The day on which a term ends that would end on that one: the same, or the next working day."""
    while not is_working(day, rule):
        day += timedelta(days=1)
    return day


def start_communicated_by(first_day: date, limits: LegalLimits) -> date:
    """The last day on which a start is communicated in time: the day before, holiday or not.

    «entro il giorno antecedente» (d.l. 510/1996 art. 9-bis c. 2; standards.md 2.2). Counted backwards, so never moved.
    """
    return first_day - timedelta(days=limits.start_notice_days)


def change_communicated_by(day: date, limits: LegalLimits) -> date:
    """The last day on which an extension, a transformation or an early end of that day is communicated in time.

    Within five days of the event (d.lgs. 181/2000 art. 4-bis c. 5; «entro i cinque giorni successivi», L. 264/1949
    art. 21; standards.md 2.2), and the day of the event is not counted (codice civile art. 2963 c. 2). That day is
    the first one of an extension and of a transformation, on which the contract begins to be another one, and the
    last one of a contract that ends, on which the relation is dissolved (Ministry's note 18273/2012).
    """
    return last_day(day + timedelta(days=limits.change_notice_days), Rule.CIVIL)
