-- migrate:up irreversible:"a test"
UPDATE node SET depth = (
  WITH RECURSIVE above (id) AS (
    SELECT parent FROM edge WHERE child = node.id
    UNION ALL SELECT edge.parent FROM above JOIN edge ON edge.child = above.id)
  SELECT count(*) FROM above) WHERE id > 0;
