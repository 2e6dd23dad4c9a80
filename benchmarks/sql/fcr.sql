-- First contact resolution from normalised tables, complete: both periods, by month, both readings, what is left out.
WITH status AS MATERIALIZED (
  SELECT ticket_id, at, new,
    max(at) FILTER (WHERE new = 'solved') OVER (PARTITION BY ticket_id ORDER BY at, position) AS solved_before,
    old IN ('solved', 'closed') AND new IN ('new', 'open', 'pending', 'hold') AS reopens
  FROM ticket_changes WHERE field = 'status'
), solved AS (
  SELECT ticket_id, max(at) FILTER (WHERE new = 'solved') AS last_solved_at,
    min(at - solved_before) FILTER (WHERE reopens) AS fastest_reopen
  FROM status GROUP BY ticket_id
), chosen AS (
  SELECT t.*, s.last_solved_at, s.fastest_reopen,
    CASE WHEN t.merged_into IS NOT NULL THEN 'merged' WHEN t.status IN ('deleted', 'spam') THEN t.status
         WHEN t.tags LIKE '%%|test|%%' THEN 'test' END AS left_out
  FROM tickets t LEFT JOIN solved s ON s.ticket_id = t.id
  WHERE s.last_solved_at >= %(before)s AND s.last_solved_at < %(end)s
     OR t.created_at >= %(start)s AND t.created_at < %(end)s
), said AS (
  SELECT m.ticket_id,
    count(*) FILTER (WHERE author_kind = 'agent' AND author IS DISTINCT FROM c.customer) AS replies,
    count(*) FILTER (WHERE author_kind = 'customer' AND m.at > c.created_at) AS questions
  FROM messages m JOIN chosen c ON c.id = m.ticket_id
  WHERE m.public = 1 AND m.automatic = 0 AND m.at <= c.last_solved_at GROUP BY m.ticket_id
), moved AS (
  SELECT ticket_id, count(*) AS transfers FROM ticket_changes WHERE field = 'team' AND old IS NOT NULL GROUP BY ticket_id
), judged AS (
  SELECT c.*, c.last_solved_at IS NOT NULL AND coalesce(s.replies, 0) = 1 AND coalesce(s.questions, 0) = 0
      AND coalesce(m.transfers, 0) = 0 AND (c.fastest_reopen IS NULL OR c.fastest_reopen > 604800)
      AND NOT EXISTS (
        SELECT FROM tickets n WHERE n.customer = c.customer AND n.type = c.type AND n.created_at > c.last_solved_at
          AND n.created_at <= c.last_solved_at + 604800 AND n.id <> c.id AND n.merged_into IS NULL
          AND n.status NOT IN ('deleted', 'spam') AND n.tags NOT LIKE '%%|test|%%') AS yes
  FROM chosen c LEFT JOIN said s ON s.ticket_id = c.id LEFT JOIN moved m ON m.ticket_id = c.id
)
SELECT 'event' AS reading, last_solved_at >= %(start)s AS now,
  date_trunc(%(grain)s, to_timestamp(last_solved_at) AT TIME ZONE 'Europe/Paris')::date AS bucket, left_out, opened_by_agent,
  count(*) AS n, count(*) FILTER (WHERE yes) AS yes, count(*) FILTER (WHERE last_solved_at > %(asked)s - 604800) AS provisional
FROM judged WHERE last_solved_at >= %(before)s AND last_solved_at < %(end)s GROUP BY 1, 2, 3, 4, 5
UNION ALL
SELECT 'cohort', true, NULL, left_out, opened_by_agent, count(*), count(*) FILTER (WHERE yes), 0
FROM judged WHERE created_at >= %(start)s AND created_at < %(end)s GROUP BY 4, 5
