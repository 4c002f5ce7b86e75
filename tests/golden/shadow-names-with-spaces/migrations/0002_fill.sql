-- migrate:up irreversible:"test"
INSERT INTO "all users" ("first nam") VALUES ('a');
