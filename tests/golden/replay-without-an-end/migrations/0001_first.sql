-- migrate:up irreversible:"a test"
CREATE TABLE node (id INTEGER PRIMARY KEY, depth INTEGER);
CREATE TABLE edge (parent INTEGER NOT NULL REFERENCES node (id), child INTEGER NOT NULL REFERENCES node (id),
  PRIMARY KEY (parent, child)) WITHOUT ROWID;
CREATE INDEX edge_child ON edge (child);
