-- Numbers that are not what the tables hold. Index: none, it counts whole tables.
select name, cast(sum(number) as bigint) as number
from (
    select name, number
    from tally
    union all
    select coalesce(class, '') || '/' || state as name, -count(*) as number
    from passage
    group by coalesce(class, '') || '/' || state
    union all
    select 'picture' as name, -count(*) as number
    from picture
    union all
    select 'case:' || state as name, -count(*) as number
    from case_file
    group by 'case:' || state
    union all
    select 'stay:' || state as name, -count(*) as number
    from inspection
    group by 'stay:' || state
) as counted
group by name
having sum(number) <> 0
order by name
