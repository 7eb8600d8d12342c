-- Each record has its place in the ledger from the transaction that wrote it: numbers follow the order of commits without gaps, from the head's row,
-- which stays locked until the commit. What is below `ledger.size` is integrated. A record's tag binds it to its id until then.
ALTER TABLE record ADD COLUMN seq BIGINT;
ALTER TABLE record ADD COLUMN tag {blob};
ALTER TABLE feed_head ADD COLUMN records BIGINT NOT NULL DEFAULT 0;
UPDATE record SET seq = numbered.n FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY recorded_at, id) - 1 AS n FROM record) AS numbered
  WHERE record.id = numbered.id;
UPDATE feed_head SET records = (SELECT COUNT(*) FROM record);
CREATE UNIQUE INDEX record_seq ON record (seq);

-- One row. Records below `untagged` are older than tags.
CREATE TABLE ledger (id SMALLINT PRIMARY KEY, size BIGINT NOT NULL, root {blob}, untagged BIGINT NOT NULL, holder {key}, held_until BIGINT);
INSERT INTO ledger (id, size, untagged) SELECT 1, 0, COUNT(*) FROM record;
