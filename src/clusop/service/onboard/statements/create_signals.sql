-- Signals that are in the sums, as they came, one row an agent and sequence number: what is told twice is in it once.
CREATE TABLE IF NOT EXISTS {own}.clusop_signals (
  workspace STRING NOT NULL,
  agent STRING NOT NULL,
  sequence BIGINT NOT NULL,
  signature STRING NOT NULL,
  start_at_ms BIGINT NOT NULL,
  end_at_ms BIGINT NOT NULL,
  record STRING NOT NULL
)
