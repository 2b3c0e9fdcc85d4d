-- Hundred-ton passages, newest first. Index: passage_hundred_ton.
-- The index holds all that is shown: these few lie scattered over the whole table. The condition is
-- the index's own, word for word; `class = …` would be served by the index by class.
-- A filter that is NULL lets everything through.
select
    passage_id, station, lane, port, kind, crossed_at, gross_kg, axle_count, class,
    overage_kg, state, plate, plate_state, enforceable, record_conflict, weighing_sequence,
    closing_sequence, case_id
from passage
where
    coalesce(class, '') = 'hundred_ton'
    and (cast($6 as text) is null or class = $6)
    and crossed_at >= $1
    and crossed_at < $2
    and (crossed_at, passage_id) < ($3, $4)
    and (cast($5 as text) is null or plate = $5)
    and (cast($7 as bigint) is null or lane = $7)
    and (cast($8 as text) is null or state = $8)
order by crossed_at desc, passage_id desc
limit $9
