-- Cases counted for a driver, days of the act both included. Index: counted_case_by_driver.
-- One row for all of them, a line each: its origin, which tracks rest on a count, and the case as
-- canonical JSON, which has no line end in it. docs/figures.md has this and a row a case measured.
select
    string_agg(
        origin || ' ' || cast(resting as text) || ' ' || body, '
'
    ) as cases
from counted_case
where
    driver_id = $1
    and day_of_act >= $2
    and day_of_act <= $3
