"""Since when a vacancy is over, and a short way to those who still wait for one."""

from alembic import op

revision = "matching_0005"
down_revision = "matching_0004"
branch_labels = None
depends_on = None

OVER = """
alter table views.vacancies add column over_on date;
update views.vacancies v set over_on = (
    select e.occurred_on from events.events e
    where e.stream = 'vacancy-' || v.vacancy_id::text
        and e.type in ('VacancyFilled', 'VacancyClosed', 'VacancyWithdrawn')
    order by e.version desc limit 1
) where v.status in ('filled', 'closed', 'withdrawn');
create index candidacies_waiting on views.candidacies (vacancy_id)
    where status in ('shortlisted', 'presented', 'interviewed');
"""


def upgrade() -> None:
    op.execute(OVER)
