-- The module "newsletter" is gone; its tables and settings follow once every mail is sent.

-- fix:should-run requires:0004 after:0001
SELECT count(*) = 2 FROM sqlite_master WHERE name IN ('newsletter_readers', 'newsletter_mails');
SELECT NOT EXISTS (SELECT 1 FROM newsletter_mails WHERE sent = 0);

-- fix:execute allow:data-loss
DROP TABLE newsletter_mails;
DROP TABLE newsletter_readers;
DELETE FROM settings WHERE name LIKE 'newsletter.%';
SELECT 'newsletter removed';

-- fix:given
CREATE TABLE newsletter_readers (email TEXT);
CREATE TABLE newsletter_mails (id INTEGER PRIMARY KEY, sent INTEGER NOT NULL);
INSERT INTO newsletter_mails (id, sent) VALUES (1, 1);
