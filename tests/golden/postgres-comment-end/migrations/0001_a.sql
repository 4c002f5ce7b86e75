/* one /* two */ three */ SELECT 1 */;
