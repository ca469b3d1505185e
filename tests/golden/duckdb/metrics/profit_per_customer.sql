SELECT
  CAST("t8"."earned" + CAST(FLOOR((
    CAST("t8"."uncosted" AS DOUBLE) * "t6"."rate"
  ) + 0.5) AS BIGINT) AS DOUBLE) / NULLIF(CAST("t8"."people" AS DOUBLE), 0.0) AS "value",
  "t8"."people"
FROM (
  SELECT
    SUM("t5"."earned") AS "earned",
    SUM("t5"."uncosted") AS "uncosted",
    COUNT(*) AS "people"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t1"."person_id",
        SUM("t1"."earned") AS "earned",
        SUM("t1"."uncosted") AS "uncosted",
        MAX(CAST(CASE WHEN "t1"."is_purchase" THEN 1 ELSE 0 END AS BIGINT)) AS "bought"
      FROM (
        SELECT
          *
        FROM "orders" AS "t0"
        WHERE
          "t0"."person_id" IS NOT NULL
      ) AS "t1"
      GROUP BY
        1
    ) AS "t3"
    WHERE
      "t3"."bought" = 1
  ) AS "t5"
) AS "t8"
CROSS JOIN (
  SELECT
    COALESCE(
      CASE
        WHEN "t2"."costed" > 0
        THEN CAST("t2"."earned" AS DOUBLE) / NULLIF(CAST("t2"."costed" AS DOUBLE), 0.0)
        ELSE CAST(NULL AS DOUBLE)
      END,
      0.2
    ) AS "rate",
    CASE
      WHEN "t2"."costed" > 0
      THEN CAST("t2"."earned" AS DOUBLE) / NULLIF(CAST("t2"."costed" AS DOUBLE), 0.0)
      ELSE CAST(NULL AS DOUBLE)
    END IS NOT NULL AS "told"
  FROM (
    SELECT
      SUM("t0"."costed") AS "costed",
      SUM("t0"."earned") AS "earned"
    FROM "orders" AS "t0"
  ) AS "t2"
) AS "t6";
