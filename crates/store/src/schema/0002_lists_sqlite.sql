-- A case's region at each level, taken from its path: a path that ends above the level is taken whole, as RegionPath::at does. The last segment is
-- trimmed off as often as the path is deeper than the level.
ALTER TABLE cases ADD COLUMN depth INTEGER GENERATED ALWAYS AS (length(path) - length(replace(path, '.', ''))) VIRTUAL;
ALTER TABLE cases ADD COLUMN village TEXT GENERATED ALWAYS AS
  (CASE WHEN depth > 5 THEN rtrim(rtrim(path, '.'), '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz') ELSE path END) VIRTUAL;
ALTER TABLE cases ADD COLUMN township TEXT GENERATED ALWAYS AS
  (CASE WHEN depth > 4 THEN rtrim(rtrim(village, '.'), '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz') ELSE path END) VIRTUAL;
ALTER TABLE cases ADD COLUMN county TEXT GENERATED ALWAYS AS
  (CASE WHEN depth > 3 THEN rtrim(rtrim(township, '.'), '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz') ELSE path END) VIRTUAL;
ALTER TABLE cases ADD COLUMN city TEXT GENERATED ALWAYS AS
  (CASE WHEN depth > 2 THEN rtrim(rtrim(county, '.'), '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz') ELSE path END) VIRTUAL;
ALTER TABLE cases ADD COLUMN province TEXT GENERATED ALWAYS AS
  (CASE WHEN depth > 1 THEN rtrim(rtrim(city, '.'), '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz') ELSE path END) VIRTUAL;
