-- migrate:up irreversible:"the rows are gone" transaction:off
CALL thin_out();
