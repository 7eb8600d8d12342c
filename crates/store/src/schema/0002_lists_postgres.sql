-- A case's region at each level, taken from its path: a path that ends above the level is taken whole, as RegionPath::at does.
ALTER TABLE cases
  ADD COLUMN province text COLLATE "C" GENERATED ALWAYS AS (coalesce(substring(path FROM '^(?:[^.]*\.){1}'), path)) STORED,
  ADD COLUMN city text COLLATE "C" GENERATED ALWAYS AS (coalesce(substring(path FROM '^(?:[^.]*\.){2}'), path)) STORED,
  ADD COLUMN county text COLLATE "C" GENERATED ALWAYS AS (coalesce(substring(path FROM '^(?:[^.]*\.){3}'), path)) STORED,
  ADD COLUMN township text COLLATE "C" GENERATED ALWAYS AS (coalesce(substring(path FROM '^(?:[^.]*\.){4}'), path)) STORED,
  ADD COLUMN village text COLLATE "C" GENERATED ALWAYS AS (coalesce(substring(path FROM '^(?:[^.]*\.){5}'), path)) STORED;
