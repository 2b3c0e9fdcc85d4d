-- What the host said of its clock (lane 0) is a mark, too.
alter table mark drop constraint mark_kind_check;
alter table mark add constraint mark_kind_check
    check (kind in ('hour', 'enforcement', 'shift_check', 'host_clock'));
