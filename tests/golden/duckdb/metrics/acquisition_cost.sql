SELECT
  CAST(SUM("t19"."amount") AS DOUBLE) / NULLIF(CAST(COALESCE(SUM("t19"."people"), 0) AS DOUBLE), 0.0) AS "value",
  COALESCE(SUM("t19"."people"), 0) AS "people"
FROM (
  SELECT
    "t18"."month",
    "t18"."amount",
    COALESCE("t18"."people", 0) AS "people"
  FROM (
    SELECT
      "t17"."month",
      "t17"."amount",
      "t15"."other_month",
      "t15"."people"
    FROM (
      SELECT
        "t13"."month",
        "t13"."amount"
      FROM (
        SELECT
          "t11"."month",
          "t11"."amount",
          "t6"."log_month"
        FROM (
          SELECT
            "t7"."month",
            SUM("t7"."amount") AS "amount"
          FROM (
            SELECT
              *
            FROM (
              SELECT
                "t1"."day",
                "t1"."channel",
                "t1"."campaign",
                "t1"."purpose",
                "t1"."amount",
                (
                  (
                    CAST(EXTRACT(year FROM "t1"."day") AS BIGINT) * 12
                  ) + CAST(EXTRACT(month FROM "t1"."day") AS BIGINT)
                ) - 1 AS "month"
              FROM "spend" AS "t1"
            ) AS "t4"
            WHERE
              "t4"."purpose" = 'new' AND "t4"."month" < 24143
          ) AS "t7"
          GROUP BY
            1
        ) AS "t11"
        CROSS JOIN (
          SELECT
            (
              (
                CAST(EXTRACT(year FROM MIN("t0"."day")) AS BIGINT) * 12
              ) + CAST(EXTRACT(month FROM MIN("t0"."day")) AS BIGINT)
            ) - 1 AS "log_month"
          FROM "orders" AS "t0"
        ) AS "t6"
      ) AS "t13"
      WHERE
        "t13"."month" > "t13"."log_month"
    ) AS "t17"
    LEFT OUTER JOIN (
      SELECT
        "t12"."month" AS "other_month",
        "t12"."people"
      FROM (
        SELECT
          "t10"."month",
          COUNT(*) AS "people"
        FROM (
          SELECT
            *
          FROM (
            SELECT
              "t3"."person_id",
              "t3"."ordered_at",
              "t3"."source",
              "t3"."order_id",
              "t3"."day",
              "t3"."last_day",
              "t3"."lines",
              "t3"."amount",
              "t3"."returned",
              "t3"."return_lines",
              "t3"."costed",
              "t3"."earned",
              "t3"."uncosted",
              "t3"."store",
              "t3"."channel",
              "t3"."region",
              "t3"."campaign",
              "t3"."first_number",
              "t3"."month",
              "t3"."acquisition",
              "t6"."log_month"
            FROM "first_purchases" AS "t3"
            CROSS JOIN (
              SELECT
                (
                  (
                    CAST(EXTRACT(year FROM MIN("t0"."day")) AS BIGINT) * 12
                  ) + CAST(EXTRACT(month FROM MIN("t0"."day")) AS BIGINT)
                ) - 1 AS "log_month"
              FROM "orders" AS "t0"
            ) AS "t6"
          ) AS "t8"
          WHERE
            "t8"."month" > "t8"."log_month"
        ) AS "t10"
        GROUP BY
          1
      ) AS "t12"
    ) AS "t15"
      ON "t17"."month" IS NOT DISTINCT FROM "t15"."other_month"
  ) AS "t18"
) AS "t19";
