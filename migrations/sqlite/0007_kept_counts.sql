-- Cases and stays by state are kept as passages are, named `case:state` and `stay:state`: counting them took
-- the status page as long as there were rows.
insert into tally (name, number)
select 'case:' || state, count(*)
from case_file
group by 'case:' || state;

insert into tally (name, number)
select 'stay:' || state, count(*)
from inspection
group by 'stay:' || state;
