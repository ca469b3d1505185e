SELECT
  "t4"."how" AS "part",
  "t4"."people",
  "t4"."value",
  CAST("t4"."people" AS DOUBLE) / NULLIF(CAST("t2"."whole" AS DOUBLE), 0.0) AS "share"
FROM (
  SELECT
    "t0"."how",
    COUNT(*) AS "people",
    -(
      SUM("t0"."amount")
    ) AS "value"
  FROM "matched" AS "t0"
  GROUP BY
    1
) AS "t4"
CROSS JOIN (
  SELECT
    COUNT(*) AS "whole"
  FROM "matched" AS "t0"
) AS "t2";
