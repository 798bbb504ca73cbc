-- The one schema that clusop writes to.
CREATE SCHEMA IF NOT EXISTS {own}
