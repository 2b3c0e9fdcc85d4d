-- Closes passages. Index: primary key of passage.
-- Both engines name the columns of a list of values column1, column2, ...; the row is repeated for
-- multi-row writes. The casts tell PostgreSQL the types.
update passage
set
    state = 'closed',
    plate = given.column2,
    plate_state = given.column3,
    enforceable = given.column4,
    class = given.column5,
    overage_kg = given.column6,
    closing_sequence = given.column7,
    case_id = given.column8
from (
values
(cast($1 as text), cast($2 as text), cast($3 as text), cast($4 as bigint), cast($5 as text), cast($6 as bigint), cast($7 as bigint), cast($8 as text))
) as given
where passage.passage_id = given.column1
