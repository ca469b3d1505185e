SELECT
  CAST(SUM(CASE WHEN "t1"."is_return" THEN -(
    "t1"."amount"
  ) ELSE 0 END) AS DOUBLE) / NULLIF(
    CAST(SUM(
      CASE WHEN "t1"."is_return" OR (
        "t1"."amount" < 0
      ) THEN 0 ELSE "t1"."amount" END
    ) AS DOUBLE),
    0.0
  ) AS "value",
  SUM(CAST(CASE WHEN "t1"."is_return" THEN 1 ELSE 0 END AS BIGINT)) AS "people"
FROM (
  SELECT
    *
  FROM "lines" AS "t0"
  WHERE
    "t0"."ordered_at" < MAKE_TIMESTAMP(2011, 12, 1, 0, 0, 0.0) AND "t0"."is_product"
) AS "t1";
