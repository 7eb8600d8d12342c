CREATE VIRTUAL TABLE case_search USING fts5(tokens, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0');
