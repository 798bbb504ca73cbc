-- Whether the bill may be read.
SELECT u.sku_name AS sku
FROM system.billing.usage AS u
LIMIT 1
