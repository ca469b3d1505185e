SELECT
  CAST(SUM(CAST(CASE WHEN "t3"."return_lines" > 0 THEN 1 ELSE 0 END AS BIGINT)) AS DOUBLE) / NULLIF(CAST(COUNT(*) AS DOUBLE), 0.0) AS "value",
  COUNT(*) AS "people"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t1"."person_id",
      SUM("t1"."returned") AS "returned",
      SUM("t1"."return_lines") AS "return_lines",
      SUM(CAST(CASE WHEN "t1"."is_purchase" THEN 1 ELSE 0 END AS BIGINT)) AS "bought"
    FROM (
      SELECT
        *
      FROM "orders" AS "t0"
      WHERE
        "t0"."person_id" IS NOT NULL
    ) AS "t1"
    GROUP BY
      1
  ) AS "t2"
  WHERE
    "t2"."bought" > 0
) AS "t3";
