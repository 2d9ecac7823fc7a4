-- Names for the list of the last notifications, sealed; null where there is nothing to list. Never text of a message.
alter table deliveries add column notice text;

create index deliveries_notices on deliveries (user_id, settled_at) where notice is not null;

-- Messages of quiet hours that wait for the digest: ids, and names and links sealed. Never text.
-- taken: 1 once a digest that contains it was begun.
create table digest_items (
  connection_id text not null,
  user_id text not null,
  tid text not null,
  chat_id text not null,
  message_id text not null,
  message_order bigint not null,
  notice text not null,
  due_at bigint not null,
  taken integer not null,
  primary key (connection_id, chat_id, message_id)
);

create index digest_items_due on digest_items (due_at) where taken = 0;

-- The intent to post a digest, written before the request: at most one per connection at a time.
-- fence is the fencing token: it rises with every claim, and every write of a holder names the token it was given.
create table digests (
  connection_id text primary key,
  user_id text not null,
  id text not null,
  pending_post_id text not null,
  intent_at bigint not null,
  fence bigint not null,
  ready_at bigint not null
);

create index digests_ready on digests (ready_at);
