SELECT 'unfinished;
