UPDATE users SET name = "nmae" WHERE id = 1;
