-- Positions that companies expect to look for, by the day on which the need was declared.
select need_id as unit, declared_on as on_date, positions as amount, profile from needs
