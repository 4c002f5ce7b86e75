-- The module "newsletter" is gone; its tables and settings follow once every mail is sent.

-- fix:should-run requires:0004 after:0001
SELECT to_regclass('newsletter_readers') IS NOT NULL AND to_regclass('newsletter_mails') IS NOT NULL;
SELECT NOT EXISTS (SELECT 1 FROM newsletter_mails WHERE NOT sent);

-- fix:execute allow:data-loss
DROP TABLE newsletter_mails;
DROP TABLE newsletter_readers;
DELETE FROM settings WHERE name LIKE 'newsletter.%';
SELECT 'newsletter removed';

-- fix:given
CREATE TABLE newsletter_readers (email TEXT);
CREATE TABLE newsletter_mails (id BIGINT PRIMARY KEY, sent BOOLEAN NOT NULL);
INSERT INTO newsletter_mails (id, sent) VALUES (1, TRUE);
