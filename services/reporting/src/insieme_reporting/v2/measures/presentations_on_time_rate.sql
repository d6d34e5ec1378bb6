-- Of the years whose presentation was held or was due (denominator) those that were presented in time (numerator).
-- A year counts on its last day.
select case when presented_on is not null and not late then year end as numerator_unit, year as denominator_unit,
       make_date(year, 12, 31) as on_date
from presentations
