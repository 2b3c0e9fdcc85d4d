-- Number of pictures. Index: none, it counts the whole table.
select count(*) as pictures
from picture
