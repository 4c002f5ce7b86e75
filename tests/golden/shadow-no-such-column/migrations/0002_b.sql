INSERT INTO users (id, nmae) VALUES (1, 'é');
