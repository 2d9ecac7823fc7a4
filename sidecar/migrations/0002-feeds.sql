-- Where the subscription brings its notifications; null in rows from before this was kept.
alter table subscriptions add column notification_url text;

-- Up to when the messages of a connection are known to have come in, and when to look next for lost ones.
create table watermarks (
  connection_id text primary key,
  caught_up_to bigint not null,
  due_at bigint not null
);

create index watermarks_due on watermarks (due_at);

-- Pauses that Microsoft asked for, by limit, so that every replica keeps them.
create table pauses (
  name text primary key,
  ends_at bigint not null
);
