-- Duplicates are looked for by when something happened, not by when it was recorded.
CREATE INDEX cases_cell_occurred ON cases (cell, occurred_at);
DROP INDEX cases_cell;
