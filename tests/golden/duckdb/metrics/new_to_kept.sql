WITH "t6" AS (
  SELECT
    "t0"."day",
    "t0"."channel",
    "t0"."campaign",
    "t0"."purpose",
    "t0"."amount",
    (
      (
        CAST(EXTRACT(year FROM "t0"."day") AS BIGINT) * 12
      ) + CAST(EXTRACT(month FROM "t0"."day") AS BIGINT)
    ) - 1 AS "month"
  FROM "spend" AS "t0"
), "t24" AS (
  SELECT
    "t16"."month",
    "t16"."amount",
    MAX("t16"."month") OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS "last"
  FROM (
    SELECT
      "t12"."month",
      SUM("t12"."amount") AS "amount"
    FROM (
      SELECT
        *
      FROM "t6" AS "t8"
      WHERE
        "t8"."purpose" = 'keep' AND "t8"."month" < 24143
    ) AS "t12"
    GROUP BY
      1
  ) AS "t16"
)
SELECT
  "t46"."new" / NULLIF("t46"."keep", 0.0) AS "value",
  "t46"."people"
FROM (
  SELECT
    MAX("t45"."each") FILTER(WHERE
      "t45"."kind" = 'new') AS "new",
    MAX("t45"."each") FILTER(WHERE
      "t45"."kind" = 'keep') AS "keep",
    COALESCE(MAX("t45"."people") FILTER(WHERE
      "t45"."kind" = 'keep'), 0) AS "people"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        'new' AS "kind",
        "t42"."spend",
        COALESCE("t42"."people", 0) AS "people",
        CAST(FLOOR(
          (
            (
              CAST("t42"."spend" AS DOUBLE) / NULLIF(CAST("t42"."people" AS DOUBLE), 0.0)
            ) * 1000000.0
          ) + 0.5
        ) AS BIGINT) / 1000000.0 AS "each"
      FROM (
        SELECT
          SUM("t41"."amount") AS "spend",
          SUM("t41"."people") AS "people"
        FROM (
          SELECT
            *
          FROM (
            SELECT
              "t37"."month",
              "t37"."amount",
              "t37"."people",
              MAX("t37"."month") OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS "last"
            FROM (
              SELECT
                "t33"."month",
                "t33"."amount",
                COALESCE("t33"."people", 0) AS "people"
              FROM (
                SELECT
                  "t29"."month",
                  "t29"."amount",
                  "t27"."other_month",
                  "t27"."people"
                FROM (
                  SELECT
                    "t23"."month",
                    "t23"."amount"
                  FROM (
                    SELECT
                      "t19"."month",
                      "t19"."amount",
                      "t11"."log_month"
                    FROM (
                      SELECT
                        "t13"."month",
                        SUM("t13"."amount") AS "amount"
                      FROM (
                        SELECT
                          *
                        FROM "t6" AS "t8"
                        WHERE
                          "t8"."purpose" = 'new' AND "t8"."month" < 24143
                      ) AS "t13"
                      GROUP BY
                        1
                    ) AS "t19"
                    CROSS JOIN (
                      SELECT
                        (
                          (
                            CAST(EXTRACT(year FROM MIN("t1"."day")) AS BIGINT) * 12
                          ) + CAST(EXTRACT(month FROM MIN("t1"."day")) AS BIGINT)
                        ) - 1 AS "log_month"
                      FROM "orders" AS "t1"
                    ) AS "t11"
                  ) AS "t23"
                  WHERE
                    "t23"."month" > "t23"."log_month"
                ) AS "t29"
                LEFT OUTER JOIN (
                  SELECT
                    "t22"."month" AS "other_month",
                    "t22"."people"
                  FROM (
                    SELECT
                      "t18"."month",
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
                                CAST(EXTRACT(year FROM MIN("t1"."day")) AS BIGINT) * 12
                              ) + CAST(EXTRACT(month FROM MIN("t1"."day")) AS BIGINT)
                            ) - 1 AS "log_month"
                          FROM "orders" AS "t1"
                        ) AS "t11"
                      ) AS "t14"
                      WHERE
                        "t14"."month" > "t14"."log_month"
                    ) AS "t18"
                    GROUP BY
                      1
                  ) AS "t22"
                ) AS "t27"
                  ON "t29"."month" IS NOT DISTINCT FROM "t27"."other_month"
              ) AS "t33"
            ) AS "t37"
          ) AS "t40"
          WHERE
            "t40"."month" > (
              "t40"."last" - 12
            )
        ) AS "t41"
      ) AS "t42"
    ) AS "t44"
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        'keep' AS "kind",
        "t35"."spend",
        COALESCE("t39"."people", 0) AS "people",
        CAST(FLOOR(
          (
            (
              CAST("t35"."spend" AS DOUBLE) / NULLIF(CAST("t39"."people" AS DOUBLE), 0.0)
            ) * 1000000.0
          ) + 0.5
        ) AS BIGINT) / 1000000.0 AS "each"
      FROM (
        SELECT
          SUM("t30"."amount") AS "spend"
        FROM (
          SELECT
            *
          FROM "t24" AS "t26"
          WHERE
            "t26"."month" > (
              "t26"."last" - 12
            )
        ) AS "t30"
      ) AS "t35"
      CROSS JOIN (
        SELECT
          COUNT(DISTINCT "t36"."person_id") AS "people"
        FROM (
          SELECT
            "t21"."person_id",
            "t21"."at",
            "t21"."whose",
            "t21"."came",
            "t32"."month"
          FROM (
            SELECT
              *
            FROM (
              SELECT
                "t9"."person_id",
                "t9"."at",
                "t5"."whose",
                "t5"."came"
              FROM (
                SELECT DISTINCT
                  "t1"."person_id",
                  (
                    (
                      CAST(EXTRACT(year FROM "t1"."day") AS BIGINT) * 12
                    ) + CAST(EXTRACT(month FROM "t1"."day") AS BIGINT)
                  ) - 1 AS "at"
                FROM "orders" AS "t1"
                WHERE
                  "t1"."is_purchase" AND "t1"."person_id" IS NOT NULL
              ) AS "t9"
              INNER JOIN (
                SELECT
                  "t2"."person_id" AS "whose",
                  "t2"."month" AS "came"
                FROM "first_purchases" AS "t2"
              ) AS "t5"
                ON "t9"."person_id" = "t5"."whose"
            ) AS "t15"
            WHERE
              "t15"."at" > "t15"."came"
          ) AS "t21"
          INNER JOIN (
            SELECT
              "t26"."month"
            FROM "t24" AS "t26"
            WHERE
              "t26"."month" > (
                "t26"."last" - 12
              )
          ) AS "t32"
            ON "t21"."at" = "t32"."month"
        ) AS "t36"
      ) AS "t39"
    ) AS "t43"
  ) AS "t45"
) AS "t46";
