INSERT INTO a VALUES (:name, ?2);
