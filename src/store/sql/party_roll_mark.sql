-- Marks parties whose counters are to be rolled. Index: primary key of party_roll.
-- The row of values is repeated for multi-row writes. A party that waits keeps its place; one that
-- failed is tried at once, since what it failed for may be mended.
insert into party_roll (track, party_id, marked, due_at, failures)
values
($1, $2, $3, $4, 0)
on conflict (track, party_id) do update
set
    marked = excluded.marked,
    due_at = case
        when party_roll.due_at < excluded.due_at then party_roll.due_at
        else excluded.due_at
    end
