WITH "t16" AS (
  SELECT
    *
  FROM (
    SELECT
      "t4"."person_id",
      "t4"."ordered_at",
      "t4"."source",
      "t4"."order_id",
      "t4"."day",
      "t4"."last_day",
      "t4"."lines",
      "t4"."amount",
      "t4"."returned",
      "t4"."return_lines",
      "t4"."costed",
      "t4"."earned",
      "t4"."uncosted",
      "t4"."store",
      "t4"."channel",
      "t4"."region",
      "t4"."campaign",
      "t4"."first_number",
      "t4"."month",
      "t4"."acquisition",
      "t9"."log_month"
    FROM "first_purchases" AS "t4"
    CROSS JOIN (
      SELECT
        (
          (
            CAST(EXTRACT(year FROM MIN("t0"."day")) AS BIGINT) * 12
          ) + CAST(EXTRACT(month FROM MIN("t0"."day")) AS BIGINT)
        ) - 1 AS "log_month"
      FROM "orders" AS "t0"
    ) AS "t9"
  ) AS "t13"
  WHERE
    "t13"."month" > "t13"."log_month"
), "t24" AS (
  SELECT
    "t20"."k",
    "t20"."earned",
    "t20"."uncosted",
    "t20"."month",
    "t12"."rate",
    "t12"."told"
  FROM (
    SELECT
      "t14"."k",
      "t14"."earned",
      "t14"."uncosted",
      "t14"."cohort" AS "month"
    FROM (
      SELECT
        "t5"."cohort",
        "t5"."k",
        "t5"."active",
        "t5"."orders",
        "t5"."revenue",
        "t5"."earned",
        "t5"."uncosted",
        "t9"."log_month"
      FROM "cohort_months" AS "t5"
      CROSS JOIN (
        SELECT
          (
            (
              CAST(EXTRACT(year FROM MIN("t0"."day")) AS BIGINT) * 12
            ) + CAST(EXTRACT(month FROM MIN("t0"."day")) AS BIGINT)
          ) - 1 AS "log_month"
        FROM "orders" AS "t0"
      ) AS "t9"
    ) AS "t14"
    WHERE
      "t14"."cohort" > "t14"."log_month"
  ) AS "t20"
  CROSS JOIN (
    SELECT
      COALESCE(
        CASE
          WHEN "t6"."costed" > 0
          THEN CAST("t6"."earned" AS DOUBLE) / NULLIF(CAST("t6"."costed" AS DOUBLE), 0.0)
          ELSE CAST(NULL AS DOUBLE)
        END,
        0.2
      ) AS "rate",
      CASE
        WHEN "t6"."costed" > 0
        THEN CAST("t6"."earned" AS DOUBLE) / NULLIF(CAST("t6"."costed" AS DOUBLE), 0.0)
        ELSE CAST(NULL AS DOUBLE)
      END IS NOT NULL AS "told"
    FROM (
      SELECT
        SUM("t0"."costed") AS "costed",
        SUM("t0"."earned") AS "earned"
      FROM "orders" AS "t0"
    ) AS "t6"
  ) AS "t12"
)
SELECT
  "t50"."k" + 1 AS "months",
  "t50"."people",
  "t50"."profit",
  CAST(FLOOR((
    "t46"."cost" * 1000000.0
  ) + 0.5) AS BIGINT) / 1000000.0 AS "cost",
  CAST(FLOOR((
    (
      "t50"."profit" - "t46"."cost"
    ) * 1000000.0
  ) + 0.5) AS BIGINT) / 1000000.0 AS "balance"
FROM (
  SELECT
    "t48"."k",
    "t48"."people",
    "t48"."profit"
  FROM (
    SELECT
      "t47"."k",
      "t47"."people",
      CAST(FLOOR(
        (
          SUM("t47"."each") OVER (ORDER BY "t47"."k" ASC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) * 1000000.0
        ) + 0.5
      ) AS BIGINT) / 1000000.0 AS "profit",
      "t47"."each"
    FROM (
      SELECT
        "t45"."k",
        "t45"."people",
        COALESCE("t45"."profit", 0) AS "profit",
        CAST(COALESCE("t45"."profit", 0) AS DOUBLE) / NULLIF(CAST("t45"."people" AS DOUBLE), 0.0) AS "each"
      FROM (
        SELECT
          "t42"."k",
          "t42"."people",
          "t40"."other_k",
          "t40"."profit"
        FROM (
          SELECT
            "t38"."k",
            SUM("t38"."size") AS "people"
          FROM (
            SELECT
              *
            FROM (
              SELECT
                "t25"."month",
                "t25"."size",
                "t32"."k"
              FROM (
                SELECT
                  "t19"."month",
                  COUNT(*) AS "size"
                FROM "t16" AS "t19"
                GROUP BY
                  1
              ) AS "t25"
              CROSS JOIN (
                SELECT DISTINCT
                  "t26"."k"
                FROM "t24" AS "t26"
                WHERE
                  (
                    "t26"."month" + "t26"."k"
                  ) < 24143
              ) AS "t32"
            ) AS "t35"
            WHERE
              (
                "t35"."month" + "t35"."k"
              ) < 24143
          ) AS "t38"
          GROUP BY
            1
        ) AS "t42"
        LEFT OUTER JOIN (
          SELECT
            "t37"."k" AS "other_k",
            "t37"."profit"
          FROM (
            SELECT
              "t34"."k",
              SUM("t34"."profit") AS "profit"
            FROM (
              SELECT
                "t26"."k",
                "t26"."earned",
                "t26"."uncosted",
                "t26"."month",
                "t26"."rate",
                "t26"."told",
                "t26"."earned" + CAST(FLOOR((
                  CAST("t26"."uncosted" AS DOUBLE) * "t26"."rate"
                ) + 0.5) AS BIGINT) AS "profit"
              FROM "t24" AS "t26"
              WHERE
                (
                  "t26"."month" + "t26"."k"
                ) < 24143
            ) AS "t34"
            GROUP BY
              1
          ) AS "t37"
        ) AS "t40"
          ON "t42"."k" IS NOT DISTINCT FROM "t40"."other_k"
      ) AS "t45"
    ) AS "t47"
  ) AS "t48"
) AS "t50"
CROSS JOIN (
  SELECT
    "t43"."value" AS "cost"
  FROM (
    SELECT
      CAST(SUM("t36"."amount") AS DOUBLE) / NULLIF(CAST(COALESCE(SUM("t36"."people"), 0) AS DOUBLE), 0.0) AS "value",
      COALESCE(SUM("t36"."people"), 0) AS "people"
    FROM (
      SELECT
        "t33"."month",
        "t33"."amount",
        COALESCE("t33"."people", 0) AS "people"
      FROM (
        SELECT
          "t30"."month",
          "t30"."amount",
          "t29"."other_month",
          "t29"."people"
        FROM (
          SELECT
            "t21"."month",
            "t21"."amount"
          FROM (
            SELECT
              "t18"."month",
              "t18"."amount",
              "t9"."log_month"
            FROM (
              SELECT
                "t11"."month",
                SUM("t11"."amount") AS "amount"
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
                ) AS "t7"
                WHERE
                  "t7"."purpose" = 'new' AND "t7"."month" < 24143
              ) AS "t11"
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
            ) AS "t9"
          ) AS "t21"
          WHERE
            "t21"."month" > "t21"."log_month"
        ) AS "t30"
        LEFT OUTER JOIN (
          SELECT
            "t22"."month" AS "other_month",
            "t22"."people"
          FROM (
            SELECT
              "t19"."month",
              COUNT(*) AS "people"
            FROM "t16" AS "t19"
            GROUP BY
              1
          ) AS "t22"
        ) AS "t29"
          ON "t30"."month" IS NOT DISTINCT FROM "t29"."other_month"
      ) AS "t33"
    ) AS "t36"
  ) AS "t43"
) AS "t46";
