INSERT INTO pages VALUES ('a');
