INSERT INTO notes VALUES (E'c:\temp\');
