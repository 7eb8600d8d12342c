CREATE TABLE case_search (case_id uuid PRIMARY KEY, tokens tsvector NOT NULL);
CREATE INDEX case_search_tokens ON case_search USING gin (tokens);
