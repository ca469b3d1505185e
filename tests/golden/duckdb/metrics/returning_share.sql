SELECT
  CAST(SUM(CAST(CASE WHEN "t1"."return_lines" > 0 THEN 1 ELSE 0 END AS BIGINT)) AS DOUBLE) / NULLIF(CAST(COUNT(*) AS DOUBLE), 0.0) AS "value",
  COUNT(*) AS "people"
FROM (
  SELECT
    "t0"."person_id",
    "t0"."revenue",
    "t0"."returned",
    "t0"."return_lines",
    "t0"."costed",
    "t0"."earned",
    "t0"."uncosted"
  FROM "accounts" AS "t0"
  WHERE
    "t0"."purchase_days" > 0
) AS "t1";
