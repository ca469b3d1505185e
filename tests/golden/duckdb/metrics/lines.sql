SELECT
  COUNT(*) AS "value",
  COUNT(*) AS "people"
FROM (
  SELECT
    *
  FROM "lines" AS "t0"
  WHERE
    "t0"."ordered_at" < MAKE_TIMESTAMP(2011, 12, 1, 0, 0, 0.0)
) AS "t1";
