SELECT
  SUM(CAST(CASE WHEN "t1"."person_id" IS NULL THEN 1 ELSE 0 END AS BIGINT)) AS "value",
  SUM(CAST(CASE WHEN "t1"."person_id" IS NULL THEN 1 ELSE 0 END AS BIGINT)) AS "people"
FROM (
  SELECT
    *
  FROM "lines" AS "t0"
  WHERE
    "t0"."ordered_at" < MAKE_TIMESTAMP(2011, 12, 1, 0, 0, 0.0)
) AS "t1";
