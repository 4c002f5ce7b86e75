-- migrate:up
CREATE TABLE visits (page TEXT NOT NULL);
ALTER TABLE public.visits OWNER TO postgres;
-- migrate:down
DROP TABLE visits;
