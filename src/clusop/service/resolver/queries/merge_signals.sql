-- Signals as they came, by agent and sequence number: run twice it changes nothing.
MERGE INTO {own}.clusop_signals AS t
USING (
  SELECT explode(from_json(:rows, 'ARRAY<STRUCT<workspace: STRING, agent: STRING, sequence: BIGINT, signature: STRING, start_at_ms: BIGINT, end_at_ms: BIGINT, record: STRING>>')) AS r
) AS s
ON t.workspace = s.r.workspace AND t.agent = s.r.agent AND t.sequence = s.r.sequence
WHEN NOT MATCHED THEN INSERT (workspace, agent, sequence, signature, start_at_ms, end_at_ms, record)
VALUES (s.r.workspace, s.r.agent, s.r.sequence, s.r.signature, s.r.start_at_ms, s.r.end_at_ms, s.r.record)
