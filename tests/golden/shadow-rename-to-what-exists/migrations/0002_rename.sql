-- migrate:up irreversible:"test"
ALTER TABLE "all" RENAME TO "all users";
