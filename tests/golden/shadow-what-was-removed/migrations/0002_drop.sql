-- migrate:up allow:data-loss irreversible:"the users moved"
DROP TABLE users;
