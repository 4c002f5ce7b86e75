-- migrate:up irreversible:"test"
REINDEX TABLE orders;
