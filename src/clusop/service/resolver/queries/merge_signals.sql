-- Signals that are in the sums, as they came, by agent and sequence number: run twice it changes nothing. One that is in no sum
-- any more, because an agent told of the same run, leaves the table.
MERGE INTO {own}.clusop_signals AS t
USING (
  SELECT explode(from_json(:rows, 'ARRAY<STRUCT<workspace: STRING, agent: STRING, sequence: BIGINT, signature: STRING, start_at_ms: BIGINT, end_at_ms: BIGINT, record: STRING, is_left_out: BOOLEAN>>')) AS r
) AS s
ON t.workspace = s.r.workspace AND t.agent = s.r.agent AND t.sequence = s.r.sequence
WHEN MATCHED AND s.r.is_left_out THEN DELETE
WHEN NOT MATCHED AND NOT s.r.is_left_out THEN INSERT (workspace, agent, sequence, signature, start_at_ms, end_at_ms, record)
VALUES (s.r.workspace, s.r.agent, s.r.sequence, s.r.signature, s.r.start_at_ms, s.r.end_at_ms, s.r.record)
