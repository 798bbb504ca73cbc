-- What clusters were billed in a window of time: corrections (negative retractions) added up, times as UTC microseconds.
-- :workspaces is "" for all, else ids with commas between them.
SELECT
  u.workspace_id AS workspace,
  u.usage_metadata.cluster_id AS cluster,
  u.sku_name AS sku,
  COALESCE(u.product_features.is_photon, FALSE) AS is_photon,
  u.cloud AS cloud,
  u.usage_unit AS unit,
  unix_micros(u.usage_start_time) AS start_us,
  unix_micros(u.usage_end_time) AS end_us,
  SUM(u.usage_quantity) AS quantity
FROM system.billing.usage AS u
WHERE u.usage_date >= :from_date
  AND u.usage_date <= :to_date
  AND unix_micros(u.usage_start_time) >= :from_us
  AND unix_micros(u.usage_start_time) < :to_us
  AND u.usage_metadata.cluster_id IS NOT NULL
  AND (:workspaces = '' OR array_contains(split(:workspaces, ','), u.workspace_id))
GROUP BY
  u.workspace_id,
  u.usage_metadata.cluster_id,
  u.sku_name,
  COALESCE(u.product_features.is_photon, FALSE),
  u.cloud,
  u.usage_unit,
  unix_micros(u.usage_start_time),
  unix_micros(u.usage_end_time)
