WITH "t3" AS (
  SELECT
    "t0"."person_id"
  FROM "first_purchases" AS "t0"
), "t11" AS (
  SELECT
    "t5"."person_id",
    SUM(CASE WHEN "t5"."is_return" THEN 0 ELSE COALESCE("t5"."discount", 0) END) AS "discounts",
    SUM(CASE WHEN "t5"."is_product" THEN 0 ELSE COALESCE("t5"."cost", 0) END) AS "shipping"
  FROM (
    SELECT
      *
    FROM "lines" AS "t2"
    WHERE
      "t2"."ordered_at" < MAKE_TIMESTAMP(2011, 12, 1, 0, 0, 0.0)
      AND "t2"."person_id" IS NOT NULL
  ) AS "t5"
  GROUP BY
    1
)
SELECT
  "t22"."kind",
  "t22"."people",
  "t22"."total",
  CAST(FLOOR(
    (
      (
        CAST("t22"."total" AS DOUBLE) / NULLIF(CAST("t9"."size" AS DOUBLE), 0.0)
      ) * 1000000.0
    ) + 0.5
  ) AS BIGINT) / 1000000.0 AS "each"
FROM (
  SELECT
    "t20"."kind",
    COUNT(DISTINCT "t20"."person_id") FILTER(WHERE
      "t20"."amount" > 0) AS "people",
    SUM("t20"."amount") AS "total"
  FROM (
    SELECT
      "t6"."person_id",
      "t19"."whose",
      "t19"."kind",
      "t19"."amount"
    FROM "t3" AS "t6"
    INNER JOIN (
      SELECT
        "t17"."person_id" AS "whose",
        "t17"."kind",
        "t17"."amount"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            CAST("t10"."person_id" AS TEXT) AS "person_id",
            CAST("t10"."kind" AS TEXT) AS "kind",
            "t10"."amount"
          FROM (
            SELECT
              "t7"."person_id",
              "t7"."kind",
              SUM("t7"."amount") AS "amount"
            FROM (
              SELECT
                *
              FROM "served" AS "t1"
              WHERE
                DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t1"."day") <= 15309
            ) AS "t7"
            GROUP BY
              1,
              2
          ) AS "t10"
        ) AS "t13"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            *
          FROM (
            SELECT
              "t12"."person_id",
              'discounts' AS "kind",
              "t12"."discounts" AS "amount"
            FROM "t11" AS "t12"
          ) AS "t14"
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              "t12"."person_id",
              'shipping' AS "kind",
              "t12"."shipping" AS "amount"
            FROM "t11" AS "t12"
          ) AS "t15"
        ) AS "t16"
      ) AS "t17"
    ) AS "t19"
      ON "t6"."person_id" = "t19"."whose"
  ) AS "t20"
  GROUP BY
    1
) AS "t22"
CROSS JOIN (
  SELECT
    COUNT(*) AS "size"
  FROM "t3" AS "t4"
) AS "t9";
