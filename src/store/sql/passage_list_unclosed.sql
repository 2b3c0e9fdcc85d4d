-- Passages not closed yet, newest first. Index: passage_unclosed.
-- No more than are kept count of, so that it ends with the last of them and does not go through all that
-- closing has left in PostgreSQL's index since the table was vacuumed.
-- A filter that is NULL lets everything through.
select
    passage_id, station, lane, port, kind, crossed_at, gross_kg, axle_count, class,
    overage_kg, state, plate, plate_state, enforceable, record_conflict, weighing_sequence,
    closing_sequence, case_id
from passage
where
    state = 'weighed'
    and crossed_at >= $1
    and crossed_at < $2
    and (crossed_at, passage_id) < ($3, $4)
    and (cast($5 as text) is null or plate = $5)
    and (cast($6 as text) is null or class = $6)
    and (cast($7 as bigint) is null or lane = $7)
    and (cast($8 as text) is null or state = $8)
order by crossed_at desc, passage_id desc
limit (
    select case when kept.passages < $9 then kept.passages else $9 end
    from (
        select cast(coalesce(sum(number), 0) as bigint) as passages
        from tally
        where name like '%/weighed'
    ) as kept
)
