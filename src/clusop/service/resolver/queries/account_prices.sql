-- The customer's negotiated prices that held at some time since :from_us.
SELECT
  p.sku_name AS sku,
  p.cloud AS cloud,
  p.usage_unit AS unit,
  p.currency_code AS currency,
  unix_micros(p.price_start_time) AS start_us,
  unix_micros(p.price_end_time) AS end_us,
  p.pricing.`default` AS price
FROM system.billing.account_prices AS p
WHERE p.price_end_time IS NULL OR unix_micros(p.price_end_time) > :from_us
