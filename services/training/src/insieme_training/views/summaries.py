"""What training gives by strand, module, course and proposer: counts for operators, over the views (P36-P42).

A rate is given as its numerator and denominator, never alone.
"""

from __future__ import annotations

import sqlalchemy as sa

from insieme_events import reading
from insieme_events.contracts.vocabulary import Strand
from insieme_events.reading import Row
from insieme_events.store import Connection
from insieme_training.views.courses import COURSES, RESERVATIONS

BY_STRAND = """
select c.strand, count(*) as planned,
    count(*) filter (where c.activated_on is not null) as activated,
    count(*) filter (where c.started_on is not null) as started,
    count(*) filter (where c.status = 'cancelled') as cancelled,
    coalesce(sum(c.hours), 0)::int as hours,
    coalesce(sum(c.seats), 0)::int as seats,
    coalesce(sum(p.started), 0)::int as participants_started,
    coalesce(sum(p.completed), 0)::int as participants_completed,
    coalesce(sum(p.dropped), 0)::int as participants_dropped,
    coalesce(sum(p.minutes), 0)::int as minutes_present
from views.courses c left join (
    select course_id, count(*) filter (where started_on is not null) as started,
        count(*) filter (where status = 'completed') as completed,
        count(*) filter (where status = 'dropped' and started_on is not null) as dropped,
        sum(minutes_present) as minutes
    from views.participations group by course_id
) p using (course_id)
where c.planned_on is not null group by c.strand order by c.strand
"""
# Who was assessed in every skill entering and leaving counts once; better in one skill and worse in none is better.
BY_MODULE = """
with gains as (
    select x.participation_id,
        bool_or(array_position(%(scale)s, x.level) > array_position(%(scale)s, e.level))
            and bool_and(array_position(%(scale)s, x.level) >= array_position(%(scale)s, e.level)) as better
    from views.language_levels e join views.language_levels x using (participation_id, skill)
    where e.assessed_at = 'entry' and x.assessed_at = 'exit' and e.level <> 'unknown' and x.level <> 'unknown'
    group by x.participation_id
)
select c.module_kind, count(distinct c.course_id) as courses,
    count(p.participation_id) filter (where p.status in ('enrolled', 'started', 'completed')
        or p.started_on is not null) as enrolled,
    count(p.participation_id) filter (where p.started_on is not null) as started,
    count(p.participation_id) filter (where p.status = 'completed') as completed,
    coalesce(sum(p.minutes_present), 0)::int as minutes_present,
    count(*) filter (where s.participation_id is not null) as safety_certificates,
    count(*) filter (where g.participation_id is not null) as levels_compared,
    count(*) filter (where g.better) as levels_better
from views.courses c left join views.participations p using (course_id)
left join views.certificates s on s.participation_id = p.participation_id and s.kind = 'safety'
left join gains g on g.participation_id = p.participation_id
where c.strand = '2a' and c.planned_on is not null group by c.module_kind order by c.module_kind
"""
EXPERIMENTAL = """
select c.proposed_by, count(distinct c.course_id) as courses,
    count(distinct c.course_id) filter (where c.started_on is not null) as courses_started,
    count(distinct c.profile) as profiles,
    count(p.participation_id) filter (where p.started_on is not null) as started,
    count(p.participation_id) filter (where p.ranked) as ranked,
    count(p.participation_id) filter (where p.score > 0) as with_priority,
    count(p.participation_id) filter (where p.channel_class = 'association') as sent_by_associations
from views.courses c left join views.participations p using (course_id)
where c.strand = '2c' group by c.proposed_by order by c.proposed_by nulls last
"""
SCALE = ["a0", "pre_a1", "a1", "a2", "b1", "b2", "c1", "c2"]


def targeted() -> sa.Select[tuple[object, ...]]:
    """The courses of 2.b that were planned, with how many sources gave positions and since when (P39)."""
    course, identified = COURSES.c, RESERVATIONS.c.identified_on
    of_it = RESERVATIONS.c.course_id == course.course_id
    sources = sa.select(sa.func.count(identified)).where(of_it).scalar_subquery()
    first = sa.select(sa.func.min(identified)).where(of_it).scalar_subquery()
    return sa.select(
        *(course.course_id, course.course_code, course.status, course.profile, course.seats),
        *(course.taken.label("seats_taken"), course.positions, sources.label("sources"), course.positions_lost),
        *(first.label("first_identified_on"), course.activated_on),
    ).where(course.strand == Strand.TRAINING_TARGETED, course.planned_on.is_not(None))


async def ask(connection: Connection, query: str) -> list[Row]:
    return await reading.ask(connection, query, {"scale": SCALE})
