-- +goose Up
CREATE TABLE a (b);
-- +goose Down
DROP TABLE a;
