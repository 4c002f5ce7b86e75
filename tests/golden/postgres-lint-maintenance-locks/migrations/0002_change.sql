-- migrate:up irreversible:"test"
VACUUM FULL orders;
