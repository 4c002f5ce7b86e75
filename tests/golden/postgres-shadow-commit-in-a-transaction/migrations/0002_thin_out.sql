-- migrate:up irreversible:"the rows are gone"
CALL thin_out();
