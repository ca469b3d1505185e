SELECT
  "t3"."days",
  "t3"."gaps",
  "t3"."share",
  "t3"."people"
FROM (
  SELECT
    "t2"."days",
    "t2"."gaps",
    "t2"."people",
    CAST("t2"."gaps" AS DOUBLE) / NULLIF(
      CAST(SUM("t2"."gaps") OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS DOUBLE),
      0.0
    ) AS "share"
  FROM (
    SELECT
      "t1"."days",
      COUNT(*) AS "gaps",
      COUNT(DISTINCT "t1"."person_id") AS "people"
    FROM (
      SELECT
        "t0"."person_id",
        "t0"."day",
        "t0"."gross",
        "t0"."orders",
        "t0"."number",
        "t0"."gap",
        CASE
          WHEN "t0"."gap" <= 7
          THEN 7
          WHEN "t0"."gap" <= 14
          THEN 14
          WHEN "t0"."gap" <= 30
          THEN 30
          WHEN "t0"."gap" <= 60
          THEN 60
          WHEN "t0"."gap" <= 90
          THEN 90
          WHEN "t0"."gap" <= 180
          THEN 180
          WHEN "t0"."gap" <= 365
          THEN 365
          ELSE CAST(NULL AS BIGINT)
        END AS "days"
      FROM "purchase_days" AS "t0"
      WHERE
        "t0"."gap" IS NOT NULL
    ) AS "t1"
    GROUP BY
      1
  ) AS "t2"
) AS "t3";
