SELECT
  CAST(SUM("t1"."amount") AS DOUBLE) / NULLIF(CAST(COUNT(*) AS DOUBLE), 0.0) AS "value",
  COUNT(*) AS "people"
FROM (
  SELECT
    *
  FROM "orders" AS "t0"
  WHERE
    "t0"."is_purchase"
) AS "t1";
