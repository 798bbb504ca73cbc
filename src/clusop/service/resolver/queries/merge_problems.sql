-- Problems as they stand now, by workspace and signature: run twice it changes nothing.
MERGE INTO {own}.clusop_problems AS t
USING (
  SELECT explode(from_json(:rows, 'ARRAY<STRUCT<workspace: STRING, signature: STRING, workload: STRING, task_key: STRING, cause: STRING, family: STRING, engine: STRING, verdict: STRING, action: STRING, dbr: STRING, cluster: STRING, state: STRING, owner: STRING, team: STRING, first_seen_at_ms: BIGINT, last_seen_at_ms: BIGINT, run_count: BIGINT, exposure_low_microusd: BIGINT, exposure_high_microusd: BIGINT, exposure_unpriced_runs: BIGINT, derived_low_microusd: BIGINT, derived_high_microusd: BIGINT, avoidable_low_microusd: BIGINT, avoidable_high_microusd: BIGINT, capacity_low_microusd: BIGINT, capacity_high_microusd: BIGINT, avoidable_unpriced_runs: BIGINT>>')) AS r
) AS s
ON t.workspace = s.r.workspace AND t.signature = s.r.signature
WHEN MATCHED THEN UPDATE SET
  workload = s.r.workload,
  task_key = s.r.task_key,
  cause = s.r.cause,
  family = s.r.family,
  engine = s.r.engine,
  verdict = s.r.verdict,
  action = s.r.action,
  dbr = s.r.dbr,
  cluster = s.r.cluster,
  state = s.r.state,
  owner = s.r.owner,
  team = s.r.team,
  first_seen_at_ms = s.r.first_seen_at_ms,
  last_seen_at_ms = s.r.last_seen_at_ms,
  run_count = s.r.run_count,
  exposure_low_microusd = s.r.exposure_low_microusd,
  exposure_high_microusd = s.r.exposure_high_microusd,
  exposure_unpriced_runs = s.r.exposure_unpriced_runs,
  derived_low_microusd = s.r.derived_low_microusd,
  derived_high_microusd = s.r.derived_high_microusd,
  avoidable_low_microusd = s.r.avoidable_low_microusd,
  avoidable_high_microusd = s.r.avoidable_high_microusd,
  capacity_low_microusd = s.r.capacity_low_microusd,
  capacity_high_microusd = s.r.capacity_high_microusd,
  avoidable_unpriced_runs = s.r.avoidable_unpriced_runs
WHEN NOT MATCHED THEN INSERT (
  workspace, signature, workload, task_key, cause, family, engine, verdict, action, dbr, cluster, state, owner,
  team, first_seen_at_ms, last_seen_at_ms, run_count, exposure_low_microusd, exposure_high_microusd,
  exposure_unpriced_runs, derived_low_microusd, derived_high_microusd, avoidable_low_microusd,
  avoidable_high_microusd, capacity_low_microusd, capacity_high_microusd, avoidable_unpriced_runs
) VALUES (
  s.r.workspace, s.r.signature, s.r.workload, s.r.task_key, s.r.cause, s.r.family, s.r.engine, s.r.verdict,
  s.r.action, s.r.dbr, s.r.cluster, s.r.state, s.r.owner, s.r.team, s.r.first_seen_at_ms, s.r.last_seen_at_ms,
  s.r.run_count, s.r.exposure_low_microusd, s.r.exposure_high_microusd, s.r.exposure_unpriced_runs,
  s.r.derived_low_microusd, s.r.derived_high_microusd, s.r.avoidable_low_microusd, s.r.avoidable_high_microusd,
  s.r.capacity_low_microusd, s.r.capacity_high_microusd, s.r.avoidable_unpriced_runs
)
