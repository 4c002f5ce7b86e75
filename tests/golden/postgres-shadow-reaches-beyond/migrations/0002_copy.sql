-- migrate:up
COPY users TO PROGRAM 'cat >/tmp/bobolink-was-here';
-- migrate:down
COPY users FROM '/etc/passwd';
