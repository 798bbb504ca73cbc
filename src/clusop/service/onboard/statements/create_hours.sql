-- The bill by cluster, hour and SKU, shared out; every version kept.
CREATE TABLE IF NOT EXISTS {own}.clusop_hours (
  workspace STRING NOT NULL,
  cluster STRING NOT NULL,
  hour_at_ms BIGINT NOT NULL,
  sku STRING NOT NULL,
  is_photon BOOLEAN NOT NULL,
  cloud STRING NOT NULL,
  unit STRING NOT NULL,
  version BIGINT NOT NULL,
  line STRING NOT NULL,
  signature STRING NOT NULL,
  dbu DECIMAL(38, 18) NOT NULL,
  microusd BIGINT,
  currency STRING NOT NULL,
  basis STRING NOT NULL,
  unpriced_reason STRING NOT NULL,
  is_provisional BOOLEAN NOT NULL,
  is_current BOOLEAN NOT NULL
)
