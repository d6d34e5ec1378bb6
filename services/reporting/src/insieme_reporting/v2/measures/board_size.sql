-- Companies that were members of the Board on the last day of the period: joined by then and not gone before its end.
select m.company_id as unit, m.joined_on as on_date, s.size as company_size
from board_memberships m
left join size_spells s on s.company_id = m.company_id and %(to)s >= s.valid_from and %(to)s < s.next_from
where m.left_on is null or m.left_on > %(to)s
