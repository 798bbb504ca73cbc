-- Whether clusop onboard has made this table.
SELECT t.workspace AS workspace
FROM {own}.clusop_problems AS t
LIMIT 1
