-- Whether prices may be read.
SELECT p.sku_name AS sku
FROM system.billing.account_prices AS p
LIMIT 1
