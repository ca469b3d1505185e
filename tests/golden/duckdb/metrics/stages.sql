SELECT
  "t1"."at",
  "t1"."stage",
  COUNT(*) AS "people",
  SUM("t1"."value") AS "value"
FROM (
  SELECT
    *
  FROM "earlier_stages" AS "t0"
  WHERE
    "t0"."at" <= MAKE_DATE(2011, 12, 1)
) AS "t1"
GROUP BY
  1,
  2;
