-- Of the comuni on the last day of the period (denominator) those reached in it by Comune or Citta metropolitana
-- (numerator): in themselves, by their unione, or, where it is Bologna, by a quartiere.
select case when exists (
           select from outreaches o where o.party in ('comune_bologna', 'citta_metropolitana')
           and o.held_on between %(from)s and %(to)s and (
               (o.territory_kind = 'comune' and o.territory = t.comune)
               or (o.territory_kind = 'unione' and o.territory = t.unione)
               or (o.territory_kind = 'quartiere' and t.comune = '037006'))
       ) then t.comune end as numerator_unit, t.comune as denominator_unit, %(to)s::date as on_date
from territories t
