SELECT
  CAST(SUM("t12"."profit") AS DOUBLE) / NULLIF(CAST(COUNT(*) AS DOUBLE), 0.0) AS "value",
  COUNT(*) AS "people"
FROM (
  SELECT
    "t11"."person_id",
    "t11"."ordered_at",
    "t11"."source",
    "t11"."order_id",
    "t11"."day",
    "t11"."last_day",
    "t11"."lines",
    "t11"."amount",
    "t11"."returned",
    "t11"."return_lines",
    "t11"."costed",
    "t11"."earned",
    "t11"."uncosted",
    "t11"."store",
    "t11"."channel",
    "t11"."region",
    "t11"."campaign",
    "t11"."first_number",
    "t11"."month",
    "t11"."acquisition",
    "t11"."log_month",
    "t11"."rate",
    "t11"."told",
    "t11"."earned" + CAST(FLOOR((
      CAST("t11"."uncosted" AS DOUBLE) * "t11"."rate"
    ) + 0.5) AS BIGINT) AS "profit"
  FROM (
    SELECT
      "t10"."person_id",
      "t10"."ordered_at",
      "t10"."source",
      "t10"."order_id",
      "t10"."day",
      "t10"."last_day",
      "t10"."lines",
      "t10"."amount",
      "t10"."returned",
      "t10"."return_lines",
      "t10"."costed",
      "t10"."earned",
      "t10"."uncosted",
      "t10"."store",
      "t10"."channel",
      "t10"."region",
      "t10"."campaign",
      "t10"."first_number",
      "t10"."month",
      "t10"."acquisition",
      "t10"."log_month",
      "t7"."rate",
      "t7"."told"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t2"."person_id",
          "t2"."ordered_at",
          "t2"."source",
          "t2"."order_id",
          "t2"."day",
          "t2"."last_day",
          "t2"."lines",
          "t2"."amount",
          "t2"."returned",
          "t2"."return_lines",
          "t2"."costed",
          "t2"."earned",
          "t2"."uncosted",
          "t2"."store",
          "t2"."channel",
          "t2"."region",
          "t2"."campaign",
          "t2"."first_number",
          "t2"."month",
          "t2"."acquisition",
          "t5"."log_month"
        FROM "first_purchases" AS "t2"
        CROSS JOIN (
          SELECT
            (
              (
                CAST(EXTRACT(year FROM MIN("t1"."day")) AS BIGINT) * 12
              ) + CAST(EXTRACT(month FROM MIN("t1"."day")) AS BIGINT)
            ) - 1 AS "log_month"
          FROM "orders" AS "t1"
        ) AS "t5"
      ) AS "t8"
      WHERE
        "t8"."month" > "t8"."log_month"
    ) AS "t10"
    CROSS JOIN (
      SELECT
        COALESCE(
          CASE
            WHEN "t3"."costed" > 0
            THEN CAST("t3"."earned" AS DOUBLE) / NULLIF(CAST("t3"."costed" AS DOUBLE), 0.0)
            ELSE CAST(NULL AS DOUBLE)
          END,
          0.2
        ) AS "rate",
        CASE
          WHEN "t3"."costed" > 0
          THEN CAST("t3"."earned" AS DOUBLE) / NULLIF(CAST("t3"."costed" AS DOUBLE), 0.0)
          ELSE CAST(NULL AS DOUBLE)
        END IS NOT NULL AS "told"
      FROM (
        SELECT
          SUM("t1"."costed") AS "costed",
          SUM("t1"."earned") AS "earned"
        FROM "orders" AS "t1"
      ) AS "t3"
    ) AS "t7"
  ) AS "t11"
) AS "t12";
