-- The organisations whose administrator granted consent on our page, and who that was.
create table organizations (
  tid text primary key,
  granted_by text not null,
  granted_by_name text not null,
  granted_at bigint not null
);
