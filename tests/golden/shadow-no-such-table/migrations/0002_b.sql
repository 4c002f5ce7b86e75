-- bobolink:allow down-missing nothing to undo
ALTER TABLE user
	ADD COLUMN note TEXT;
