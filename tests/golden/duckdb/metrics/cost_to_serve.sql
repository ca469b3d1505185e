WITH "t8" AS (
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
  CAST(COALESCE(SUM("t18"."amount"), 0) AS DOUBLE) / NULLIF(CAST(COUNT(*) AS DOUBLE), 0.0) AS "value",
  COUNT(*) AS "people"
FROM (
  SELECT
    "t4"."person_id",
    "t17"."whose",
    "t17"."amount"
  FROM (
    SELECT
      "t0"."person_id"
    FROM "first_purchases" AS "t0"
  ) AS "t4"
  LEFT OUTER JOIN (
    SELECT
      "t15"."person_id" AS "whose",
      SUM("t15"."amount") AS "amount"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          *
        FROM (
          SELECT
            CAST("t7"."person_id" AS TEXT) AS "person_id",
            CAST("t7"."kind" AS TEXT) AS "kind",
            "t7"."amount"
          FROM (
            SELECT
              "t6"."person_id",
              "t6"."kind",
              SUM("t6"."amount") AS "amount"
            FROM (
              SELECT
                *
              FROM "served" AS "t1"
              WHERE
                DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t1"."day") <= 15309
            ) AS "t6"
            GROUP BY
              1,
              2
          ) AS "t7"
        ) AS "t10"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            *
          FROM (
            SELECT
              "t9"."person_id",
              'discounts' AS "kind",
              "t9"."discounts" AS "amount"
            FROM "t8" AS "t9"
          ) AS "t11"
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              "t9"."person_id",
              'shipping' AS "kind",
              "t9"."shipping" AS "amount"
            FROM "t8" AS "t9"
          ) AS "t12"
        ) AS "t13"
      ) AS "t14"
      WHERE
        "t14"."amount" <> 0
    ) AS "t15"
    GROUP BY
      1
  ) AS "t17"
    ON "t4"."person_id" = "t17"."whose"
) AS "t18";
