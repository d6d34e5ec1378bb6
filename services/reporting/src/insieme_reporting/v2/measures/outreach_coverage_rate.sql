-- Of the quartieri, unioni and distretti (denominator) those in which Comune or Citta metropolitana made the programme
-- known in the period (numerator). All of them count on its last day.
select case when exists (
           select from outreaches o where o.territory_kind = t.territory_kind and o.territory = t.territory
           and o.party in ('comune_bologna', 'citta_metropolitana') and o.held_on between %(from)s and %(to)s
       ) then t.territory_kind || '/' || t.territory end as numerator_unit,
       t.territory_kind || '/' || t.territory as denominator_unit, %(to)s::date as on_date, t.territory_kind
from (
    select 'quartiere' as territory_kind, unnest(array['borgo_panigale_reno', 'navile', 'porto_saragozza',
        'san_donato_san_vitale', 'santo_stefano', 'savena']) as territory
    union select 'unione', unione from territories where unione is not null
    union select 'distretto', distretto from territories where distretto is not null
) t
