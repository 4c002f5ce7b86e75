-- migrate:up
-- later

-- migrate:down
;
