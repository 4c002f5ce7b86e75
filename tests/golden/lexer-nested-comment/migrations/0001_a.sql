/* one /* two */ three */
CREATE TABLE a (b);
