SELECT
  *
FROM (
  SELECT
    "t7"."person_id",
    MIN("t7"."day") FILTER(WHERE
      "t7"."is_purchase") AS "first_day",
    COALESCE(
      SUM("t7"."amount") FILTER(WHERE
        DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t7"."day") >= 15218),
      0
    ) AS "spend",
    COUNT(*) FILTER(WHERE
      (
        DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t7"."day") >= 15218
      )
      AND "t7"."is_purchase") AS "orders",
    COUNT(DISTINCT "t7"."day") FILTER(WHERE
      (
        DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t7"."day") >= 15218
      )
      AND "t7"."is_purchase") AS "visits",
    COALESCE(
      SUM("t7"."profit") FILTER(WHERE
        DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t7"."day") >= 15218),
      0
    ) AS "margin",
    COALESCE(
      SUM("t7"."amount") FILTER(WHERE
        (
          DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t7"."day") >= 15126
        )
        AND (
          DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t7"."day") < 15218
        )),
      0
    ) AS "spend_before",
    COUNT(*) FILTER(WHERE
      (
        DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t7"."day") >= 15126
      )
      AND (
        DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t7"."day") < 15218
      )
      AND "t7"."is_purchase") AS "orders_before",
    COUNT(DISTINCT "t7"."day") FILTER(WHERE
      (
        DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t7"."day") >= 15126
      )
      AND (
        DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t7"."day") < 15218
      )
      AND "t7"."is_purchase") AS "visits_before",
    COALESCE(
      SUM("t7"."profit") FILTER(WHERE
        (
          DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t7"."day") >= 15126
        )
        AND (
          DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t7"."day") < 15218
        )),
      0
    ) AS "margin_before"
  FROM (
    SELECT
      "t6"."source",
      "t6"."order_id",
      "t6"."person_id",
      "t6"."ordered_at",
      "t6"."day",
      "t6"."last_day",
      "t6"."last_at",
      "t6"."lines",
      "t6"."returned",
      "t6"."return_lines",
      "t6"."amount",
      "t6"."costed",
      "t6"."earned",
      "t6"."uncosted",
      "t6"."store",
      "t6"."channel",
      "t6"."region",
      "t6"."campaign",
      "t6"."is_purchase",
      "t6"."rate",
      "t6"."told",
      "t6"."earned" + CAST(FLOOR((
        CAST("t6"."uncosted" AS DOUBLE) * "t6"."rate"
      ) + 0.5) AS BIGINT) AS "profit"
    FROM (
      SELECT
        "t3"."source",
        "t3"."order_id",
        "t3"."person_id",
        "t3"."ordered_at",
        "t3"."day",
        "t3"."last_day",
        "t3"."last_at",
        "t3"."lines",
        "t3"."returned",
        "t3"."return_lines",
        "t3"."amount",
        "t3"."costed",
        "t3"."earned",
        "t3"."uncosted",
        "t3"."store",
        "t3"."channel",
        "t3"."region",
        "t3"."campaign",
        "t3"."is_purchase",
        "t5"."rate",
        "t5"."told"
      FROM (
        SELECT
          *
        FROM "orders" AS "t0"
        WHERE
          "t0"."person_id" IS NOT NULL
      ) AS "t3"
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
      ) AS "t5"
    ) AS "t6"
  ) AS "t7"
  GROUP BY
    1
) AS "t8"
WHERE
  "t8"."first_day" IS NOT NULL;
