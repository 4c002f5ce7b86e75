INSERT INTO größe VALUES ('🐦ä', \n);
