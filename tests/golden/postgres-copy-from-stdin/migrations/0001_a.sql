CREATE TABLE users (id bigint, name text);
COPY public.users (id, name) FROM stdin;
1	it's
2	"ann
\.

SELECT 1a;
