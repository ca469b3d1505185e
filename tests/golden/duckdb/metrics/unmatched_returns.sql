SELECT
  CAST(SUM(CAST(CASE WHEN "t0"."how" = 'none' THEN 1 ELSE 0 END AS BIGINT)) AS DOUBLE) AS "value",
  SUM(CAST(CASE WHEN "t0"."how" = 'none' THEN 1 ELSE 0 END AS BIGINT)) AS "people"
FROM "matched" AS "t0";
