-- The backlog at the end of each day from normalised tables: all that opened before, less all that ended.
WITH counted AS MATERIALIZED (
  SELECT id, created_at,
    CASE WHEN merged_into IS NOT NULL THEN 'merged' WHEN status IN ('deleted', 'spam') THEN status
         WHEN tags LIKE '%%|test|%%' THEN 'test' END AS left_out
  FROM tickets
), moves AS (
  SELECT created_at AS at, 1 AS move, left_out FROM counted WHERE created_at < %(end)s
  UNION ALL
  SELECT c.at, CASE WHEN c.new IN ('new', 'open', 'pending', 'hold') THEN 1 ELSE -1 END, t.left_out
  FROM ticket_changes c JOIN counted t ON t.id = c.ticket_id
  WHERE c.field = 'status' AND c.at < %(end)s
    AND (c.new IN ('new', 'open', 'pending', 'hold')) <> (c.old IN ('new', 'open', 'pending', 'hold'))
), daily AS (
  SELECT greatest((to_timestamp(at) AT TIME ZONE 'Europe/Paris')::date, %(eve)s::date) AS day, left_out, sum(move) AS moves
  FROM moves GROUP BY 1, 2
)
SELECT day, left_out, sum(moves) OVER (PARTITION BY left_out ORDER BY day) FROM daily ORDER BY day
