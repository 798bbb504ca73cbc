-- Whether clusop onboard has made this table.
SELECT t.workspace AS workspace
FROM {own}.clusop_signals AS t
LIMIT 1
