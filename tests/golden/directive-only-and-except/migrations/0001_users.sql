-- migrate:up only:test except:production
SELECT 1;
