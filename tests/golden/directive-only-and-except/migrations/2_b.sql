-- migrate:up only:dev,test
SELECT 1;
