-- The first reply of each ticket from normalised tables, with the team of that moment.
CREATE TEMPORARY TABLE first_replies ON COMMIT DROP AS
WITH firsts AS (
  SELECT ticket_id, at FROM (
    SELECT m.ticket_id, m.at, row_number() OVER (PARTITION BY m.ticket_id ORDER BY m.at, m.position) AS place
    FROM messages m JOIN tickets t ON t.id = m.ticket_id
    WHERE m.author_kind = 'agent' AND m.public = 1 AND m.automatic = 0 AND m.author IS DISTINCT FROM t.customer
      AND (t.opened_by_agent = 0 OR m.at > t.created_at)
  ) numbered WHERE place = 1
)
SELECT t.id, t.created_at, f.at AS replied_at, f.at - t.created_at AS seconds, t.opened_by_agent,
  CASE WHEN t.merged_into IS NOT NULL THEN 'merged' WHEN t.status IN ('deleted', 'spam') THEN t.status
       WHEN t.tags LIKE '%%|test|%%' THEN 'test' END AS left_out,
  coalesce((SELECT c.old FROM ticket_changes c WHERE c.ticket_id = t.id AND c.field = 'team' AND c.at > f.at
            ORDER BY c.at, c.position LIMIT 1), t.team) AS team,
  date_trunc(%(grain)s, to_timestamp(f.at) AT TIME ZONE 'Europe/Paris')::date AS bucket
FROM firsts f JOIN tickets t ON t.id = f.ticket_id
WHERE f.at >= %(before)s AND f.at < %(end)s OR t.created_at >= %(start)s AND t.created_at < %(end)s
