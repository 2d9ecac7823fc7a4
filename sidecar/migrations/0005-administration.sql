-- What is known or decided about the whole installation, small values by name.
create table facts (
  name text primary key,
  value text not null,
  noted_at bigint not null
);

-- E-mail addresses of those who may connect, lower-case; empty: everybody.
create table allow_list (
  email text primary key
);

-- Who was invited to connect: once per user, ever.
create table invitations (
  user_id text primary key,
  invited_at bigint not null
);
