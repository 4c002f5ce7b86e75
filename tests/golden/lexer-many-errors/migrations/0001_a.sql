SELECT a ^ b;
SELECT 1x, x'1';
SELECT 'rest;
