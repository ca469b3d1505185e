WITH "t7" AS (
  SELECT
    "t2"."day",
    "t2"."channel",
    "t2"."campaign",
    "t2"."purpose",
    "t2"."amount",
    (
      (
        CAST(EXTRACT(year FROM "t2"."day") AS BIGINT) * 12
      ) + CAST(EXTRACT(month FROM "t2"."day") AS BIGINT)
    ) - 1 AS "month"
  FROM "spend" AS "t2"
), "t22" AS (
  SELECT
    "t16"."month",
    "t16"."amount",
    MAX("t16"."month") OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS "last"
  FROM (
    SELECT
      "t13"."month",
      SUM("t13"."amount") AS "amount"
    FROM (
      SELECT
        *
      FROM "t7" AS "t10"
      WHERE
        "t10"."purpose" = 'keep' AND "t10"."month" < 24143
    ) AS "t13"
    GROUP BY
      1
  ) AS "t16"
)
SELECT
  *
FROM (
  SELECT
    'new' AS "kind",
    "t40"."spend",
    COALESCE("t40"."people", 0) AS "people",
    CAST(FLOOR(
      (
        (
          CAST("t40"."spend" AS DOUBLE) / NULLIF(CAST("t40"."people" AS DOUBLE), 0.0)
        ) * 1000000.0
      ) + 0.5
    ) AS BIGINT) / 1000000.0 AS "each"
  FROM (
    SELECT
      SUM("t39"."amount") AS "spend",
      SUM("t39"."people") AS "people"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t34"."month",
          "t34"."amount",
          "t34"."people",
          MAX("t34"."month") OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS "last"
        FROM (
          SELECT
            "t30"."month",
            "t30"."amount",
            COALESCE("t30"."people", 0) AS "people"
          FROM (
            SELECT
              "t26"."month",
              "t26"."amount",
              "t23"."other_month",
              "t23"."people"
            FROM (
              SELECT
                "t20"."month",
                "t20"."amount"
              FROM (
                SELECT
                  "t18"."month",
                  "t18"."amount",
                  "t11"."log_month"
                FROM (
                  SELECT
                    "t14"."month",
                    SUM("t14"."amount") AS "amount"
                  FROM (
                    SELECT
                      *
                    FROM "t7" AS "t10"
                    WHERE
                      "t10"."purpose" = 'new' AND "t10"."month" < 24143
                  ) AS "t14"
                  GROUP BY
                    1
                ) AS "t18"
                CROSS JOIN (
                  SELECT
                    (
                      (
                        CAST(EXTRACT(year FROM MIN("t0"."day")) AS BIGINT) * 12
                      ) + CAST(EXTRACT(month FROM MIN("t0"."day")) AS BIGINT)
                    ) - 1 AS "log_month"
                  FROM "orders" AS "t0"
                ) AS "t11"
              ) AS "t20"
              WHERE
                "t20"."month" > "t20"."log_month"
            ) AS "t26"
            LEFT OUTER JOIN (
              SELECT
                "t19"."month" AS "other_month",
                "t19"."people"
              FROM (
                SELECT
                  "t15"."month",
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
                      "t11"."log_month"
                    FROM "first_purchases" AS "t3"
                    CROSS JOIN (
                      SELECT
                        (
                          (
                            CAST(EXTRACT(year FROM MIN("t0"."day")) AS BIGINT) * 12
                          ) + CAST(EXTRACT(month FROM MIN("t0"."day")) AS BIGINT)
                        ) - 1 AS "log_month"
                      FROM "orders" AS "t0"
                    ) AS "t11"
                  ) AS "t12"
                  WHERE
                    "t12"."month" > "t12"."log_month"
                ) AS "t15"
                GROUP BY
                  1
              ) AS "t19"
            ) AS "t23"
              ON "t26"."month" IS NOT DISTINCT FROM "t23"."other_month"
          ) AS "t30"
        ) AS "t34"
      ) AS "t36"
      WHERE
        "t36"."month" > (
          "t36"."last" - 12
        )
    ) AS "t39"
  ) AS "t40"
) AS "t42"
UNION ALL
SELECT
  *
FROM (
  SELECT
    'keep' AS "kind",
    "t32"."spend",
    COALESCE("t38"."people", 0) AS "people",
    CAST(FLOOR(
      (
        (
          CAST("t32"."spend" AS DOUBLE) / NULLIF(CAST("t38"."people" AS DOUBLE), 0.0)
        ) * 1000000.0
      ) + 0.5
    ) AS BIGINT) / 1000000.0 AS "each"
  FROM (
    SELECT
      SUM("t27"."amount") AS "spend"
    FROM (
      SELECT
        *
      FROM "t22" AS "t24"
      WHERE
        "t24"."month" > (
          "t24"."last" - 12
        )
    ) AS "t27"
  ) AS "t32"
  CROSS JOIN (
    SELECT
      COUNT(DISTINCT "t35"."person_id") AS "people"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t8"."person_id",
          "t8"."at",
          "t29"."month",
          "t5"."whose",
          "t5"."came"
        FROM (
          SELECT
            "t0"."person_id",
            (
              (
                CAST(EXTRACT(year FROM "t0"."day") AS BIGINT) * 12
              ) + CAST(EXTRACT(month FROM "t0"."day") AS BIGINT)
            ) - 1 AS "at"
          FROM "orders" AS "t0"
          WHERE
            "t0"."is_purchase" AND "t0"."person_id" IS NOT NULL
        ) AS "t8"
        INNER JOIN (
          SELECT
            "t24"."month"
          FROM "t22" AS "t24"
          WHERE
            "t24"."month" > (
              "t24"."last" - 12
            )
        ) AS "t29"
          ON "t8"."at" = "t29"."month"
        INNER JOIN (
          SELECT
            "t1"."person_id" AS "whose",
            "t1"."month" AS "came"
          FROM "first_purchases" AS "t1"
        ) AS "t5"
          ON "t8"."person_id" = "t5"."whose"
      ) AS "t33"
      WHERE
        "t33"."at" > "t33"."came"
    ) AS "t35"
  ) AS "t38"
) AS "t41";
