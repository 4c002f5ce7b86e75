-- migrate:up irreversible:"a test"
CREATE TABLE parents (a TEXT NOT NULL, b INTEGER NOT NULL, PRIMARY KEY (a, b)) WITHOUT ROWID;
CREATE TABLE children (
	id INTEGER PRIMARY KEY,
	a TEXT NOT NULL,
	b INTEGER NOT NULL,
	kind TEXT NOT NULL CHECK (kind IN ('big', 'small')),
	size INTEGER NOT NULL CHECK (size BETWEEN 40 AND 50),
	code TEXT NOT NULL UNIQUE CHECK (length(code) = 12),
	low INTEGER, high INTEGER,
	twice INTEGER NOT NULL GENERATED ALWAYS AS (size * 2) STORED,
	flag BOOLEAN NOT NULL, day DATE NOT NULL, data BLOB NOT NULL, "odd "" name" REAL NOT NULL,
	CHECK (low < high), CHECK ((low IS NULL) <> (kind = 'big')),
	FOREIGN KEY (a, b) REFERENCES parents (a, b)
);
CREATE INDEX children_parent ON children (a, b);
CREATE TABLE eggs (id INTEGER PRIMARY KEY, hen_id INTEGER REFERENCES hens (id));
CREATE TABLE hens (id INTEGER PRIMARY KEY, egg_id INTEGER NOT NULL REFERENCES eggs (id));
CREATE TABLE trees (id INTEGER PRIMARY KEY, parent_id INTEGER NOT NULL REFERENCES trees (id));
CREATE INDEX eggs_hen ON eggs (hen_id); CREATE INDEX hens_egg ON hens (egg_id); CREATE INDEX trees_parent ON trees (parent_id);
CREATE TABLE strict_ones (id INTEGER PRIMARY KEY, n INT NOT NULL, t TEXT NOT NULL, x ANY NOT NULL) STRICT;
