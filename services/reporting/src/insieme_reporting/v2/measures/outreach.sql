-- Occasions on which a party made the programme known in a territory, by their day.
select entry_id as unit, held_on as on_date, party, territory_kind from outreaches
