-- bobolink:allow data-loss
DROP TABLE a;
