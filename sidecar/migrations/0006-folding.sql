-- The post of an earlier message that this one was folded into; null for a message with a post of its own.
alter table deliveries add column folded_into text;

create index deliveries_folded on deliveries (folded_into) where folded_into is not null;

-- The post into which the next messages of the chat may be folded, and when it was made. Forgotten whenever it is not certain that
-- every request for it has ended: after a crash, a lost lease or a failure.
alter table lanes add column open_post text;

alter table lanes add column open_since bigint;
