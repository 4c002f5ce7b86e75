INSERT INTO cities (name) VALUES ('Übersee', 'Málaga', 'Łódź') ON CONFLICT FROM;
