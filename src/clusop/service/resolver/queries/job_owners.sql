-- The newest state of each job that was not deleted.
SELECT latest.workspace AS workspace, latest.job_id AS job_id, latest.run_as AS run_as, latest.creator AS creator
FROM (
  SELECT
    j.workspace_id AS workspace,
    j.job_id AS job_id,
    COALESCE(j.run_as_user_name, '') AS run_as,
    COALESCE(j.creator_user_name, '') AS creator,
    j.delete_time AS delete_time,
    ROW_NUMBER() OVER (PARTITION BY j.workspace_id, j.job_id ORDER BY j.change_time DESC) AS place
  FROM system.lakeflow.jobs AS j
  WHERE :workspaces = '' OR array_contains(split(:workspaces, ','), j.workspace_id)
) AS latest
WHERE latest.place = 1 AND latest.delete_time IS NULL
