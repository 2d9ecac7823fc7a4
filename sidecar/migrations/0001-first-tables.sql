-- One text for SQLite and PostgreSQL: text ids, times as bigint milliseconds, JSON and sealed bytes as text, flags as 0 and 1.
-- A statement ends with a semicolon at the end of a line.

create table connections (
  id text primary key,
  user_id text not null unique,
  tid text not null,
  oid text not null,
  account_name text not null,
  account_address text not null,
  state text not null,
  connected_at bigint not null,
  last_delivery_at bigint,
  last_error_code text,
  last_error_at bigint,
  preferences text not null,
  token_cache text not null,
  unique (tid, oid)
);

create table sign_in_links (
  hash text primary key,
  user_id text not null,
  expires_at bigint not null
);

create table sign_in_states (
  hash text primary key,
  user_id text not null,
  browser_hash text not null,
  sealed text not null,
  expires_at bigint not null
);

create table certificates (
  id text primary key,
  certificate text not null,
  sealed_private_key text not null,
  created_at bigint not null
);

create table subscriptions (
  id text primary key,
  connection_id text not null,
  tid text not null,
  resource text not null,
  client_state_hash text not null,
  certificate_id text not null,
  expires_at bigint not null,
  renewed_at bigint not null,
  created_at bigint not null
);

create index subscriptions_connection on subscriptions (connection_id);

create index subscriptions_renewed on subscriptions (renewed_at);

-- A chat queue per row: the waiting notifications of one chat of one connection, processed one by one, in order.
-- ready_at: when it may be claimed next (while held: when the lease ends), null when nothing waits.
-- seq is the revision: it rises with every new item, so that a holder that finishes the queue sees that more came.
-- fence is the fencing token: it rises with every claim, and every write of a holder names the token it was given.
create table lanes (
  id text primary key,
  connection_id text not null,
  chat_id text not null,
  seq bigint not null,
  fence bigint not null,
  ready_at bigint,
  holder text,
  last_posted bigint not null,
  idle_since bigint
);

create index lanes_ready on lanes (ready_at) where ready_at is not null;

create index lanes_idle on lanes (idle_since) where idle_since is not null;

create index lanes_connection on lanes (connection_id);

-- id is the hash of the fields that make a notification unique, so a repeated one costs a failed insert and nothing else.
-- payload stays encrypted as Microsoft sent it.
create table inbox (
  id text primary key,
  lane_id text not null,
  subscription_id text not null,
  connection_id text not null,
  tid text not null,
  chat_id text not null,
  message_id text not null,
  message_order bigint not null,
  change text not null,
  change_order integer not null,
  arrival text not null,
  payload text,
  received_at bigint not null,
  attempts integer not null,
  last_code text
);

create index inbox_order on inbox (lane_id, message_order, change_order, arrival);

create index inbox_received on inbox (received_at);

-- The state of a message for a user. Ids and times only, never text.
-- state: posting (the intent, written before the request), posted, removed, or skipped.
create table deliveries (
  user_id text not null,
  tid text not null,
  chat_id text not null,
  message_id text not null,
  state text not null,
  pending_post_id text not null,
  channel_id text,
  post_id text,
  version text,
  modified_at bigint,
  edited_at bigint,
  intent_at bigint not null,
  settled_at bigint,
  primary key (user_id, tid, chat_id, message_id)
);

create index deliveries_age on deliveries (intent_at);

create table dead_letters (
  id text primary key,
  lane_id text not null,
  subscription_id text not null,
  connection_id text not null,
  tid text not null,
  chat_id text not null,
  message_id text not null,
  change text not null,
  payload text,
  received_at bigint not null,
  attempts integer not null,
  reason text not null,
  died_at bigint not null
);

create index dead_letters_connection on dead_letters (connection_id);

create index dead_letters_age on dead_letters (died_at);

create table leases (
  name text primary key,
  holder text not null,
  fence bigint not null,
  expires_at bigint not null
);
