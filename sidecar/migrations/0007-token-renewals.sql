-- The tokens of a connection are renewed by one replica at a time. token_version rises with every renewal and every sign-in: tokens
-- that came of an older version are not stored. access_token: what the last renewal brought, sealed, so that other replicas need not
-- ask Microsoft for one of their own. renewing names the renewal under way, which counts until renewing_until.
alter table connections add column token_version bigint not null default 0;

alter table connections add column access_token text;

alter table connections add column renewing text;

alter table connections add column renewing_until bigint not null default 0;
