CREATE TABLE tags (label TEXT);
CREATE INDEX tags_label ON tags (lable);
