-- Takes out a party whose counter was rolled. Index: primary key of party_roll.
delete from party_roll
where track = $1 and party_id = $2
