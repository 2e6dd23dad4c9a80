-- Median, p90, mean and longest of first replies, in all the groups that the answer shows.
WITH grouped AS (
  SELECT seconds, CASE WHEN replied_at >= %(start)s THEN 'figure' ELSE 'compared' END AS place, '' AS key
  FROM first_replies WHERE replied_at >= %(before)s AND replied_at < %(end)s AND left_out IS NULL AND opened_by_agent = 0
  UNION ALL
  SELECT seconds, 'beside.cohort', '' FROM first_replies
  WHERE created_at >= %(start)s AND created_at < %(end)s AND left_out IS NULL AND opened_by_agent = 0
  UNION ALL
  SELECT seconds, 'buckets', bucket::text FROM first_replies
  WHERE replied_at >= %(start)s AND replied_at < %(end)s AND left_out IS NULL AND opened_by_agent = 0
  UNION ALL
  SELECT seconds, 'groups', team FROM first_replies
  WHERE replied_at >= %(start)s AND replied_at < %(end)s AND left_out IS NULL AND opened_by_agent = 0
)
SELECT place, key, count(*), percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY seconds), avg(seconds)::float8,
  max(seconds), array_agg(seconds ORDER BY seconds)
FROM grouped GROUP BY place, key
