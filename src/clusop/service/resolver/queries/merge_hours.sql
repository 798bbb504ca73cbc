-- Lines of billed hours, by their key and version: run twice it changes nothing.
MERGE INTO {own}.clusop_hours AS t
USING (
  SELECT explode(from_json(:rows, 'ARRAY<STRUCT<workspace: STRING, cluster: STRING, hour_at_ms: BIGINT, sku: STRING, is_photon: BOOLEAN, cloud: STRING, unit: STRING, version: BIGINT, line: STRING, signature: STRING, dbu: STRING, microusd: BIGINT, currency: STRING, basis: STRING, unpriced_reason: STRING, is_provisional: BOOLEAN, is_current: BOOLEAN>>')) AS r
) AS s
ON t.workspace = s.r.workspace
  AND t.cluster = s.r.cluster
  AND t.hour_at_ms = s.r.hour_at_ms
  AND t.sku = s.r.sku
  AND t.is_photon = s.r.is_photon
  AND t.cloud = s.r.cloud
  AND t.unit = s.r.unit
  AND t.version = s.r.version
  AND t.line = s.r.line
  AND t.signature = s.r.signature
WHEN MATCHED THEN UPDATE SET
  dbu = CAST(s.r.dbu AS DECIMAL(38, 18)),
  microusd = s.r.microusd,
  currency = s.r.currency,
  basis = s.r.basis,
  unpriced_reason = s.r.unpriced_reason,
  is_provisional = s.r.is_provisional,
  is_current = s.r.is_current
WHEN NOT MATCHED THEN INSERT (
  workspace, cluster, hour_at_ms, sku, is_photon, cloud, unit, version, line, signature,
  dbu, microusd, currency, basis, unpriced_reason, is_provisional, is_current
) VALUES (
  s.r.workspace, s.r.cluster, s.r.hour_at_ms, s.r.sku, s.r.is_photon, s.r.cloud, s.r.unit, s.r.version, s.r.line, s.r.signature,
  CAST(s.r.dbu AS DECIMAL(38, 18)), s.r.microusd, s.r.currency, s.r.basis, s.r.unpriced_reason, s.r.is_provisional, s.r.is_current
)
