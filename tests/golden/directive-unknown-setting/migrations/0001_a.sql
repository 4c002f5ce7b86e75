-- migrate:up transacton:off
VACUUM;
