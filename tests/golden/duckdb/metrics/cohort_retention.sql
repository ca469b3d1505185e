WITH "t5" AS (
  SELECT
    "t2"."person_id",
    "t2"."number",
    SUM(CAST(CASE WHEN "t2"."is_purchase" THEN 1 ELSE 0 END AS BIGINT)) AS "orders",
    SUM("t2"."amount") AS "revenue",
    SUM("t2"."earned") AS "earned",
    SUM("t2"."uncosted") AS "uncosted"
  FROM (
    SELECT
      "t0"."source",
      "t0"."order_id",
      "t0"."person_id",
      "t0"."ordered_at",
      "t0"."day",
      "t0"."last_day",
      "t0"."last_at",
      "t0"."lines",
      "t0"."returned",
      "t0"."return_lines",
      "t0"."amount",
      "t0"."costed",
      "t0"."earned",
      "t0"."uncosted",
      "t0"."store",
      "t0"."channel",
      "t0"."region",
      "t0"."campaign",
      "t0"."is_purchase",
      (
        (
          CAST(EXTRACT(year FROM "t0"."day") AS BIGINT) * 12
        ) + CAST(EXTRACT(month FROM "t0"."day") AS BIGINT)
      ) - 1 AS "number"
    FROM "orders" AS "t0"
    WHERE
      "t0"."person_id" IS NOT NULL
  ) AS "t2"
  GROUP BY
    1,
    2
)
SELECT
  MAKE_DATE(CAST(FLOOR("t14"."cohort" / 12) AS BIGINT), (
    "t14"."cohort" % 12
  ) + 1, 1) AS "month",
  "t14"."k",
  "t14"."size",
  "t14"."active",
  CAST("t14"."active" AS DOUBLE) / NULLIF(CAST("t14"."size" AS DOUBLE), 0.0) AS "retention",
  "t14"."orders",
  "t14"."revenue",
  "t14"."earned" + CAST(FLOOR((
    CAST("t14"."uncosted" AS DOUBLE) * "t4"."rate"
  ) + 0.5) AS BIGINT) AS "profit",
  (
    "t14"."cohort" + "t14"."k"
  ) < 24143 AS "complete"
FROM (
  SELECT
    "t12"."cohort",
    "t12"."k",
    "t12"."active",
    "t12"."orders",
    "t12"."revenue",
    "t12"."earned",
    "t12"."uncosted",
    MAX("t12"."active") FILTER(WHERE
      "t12"."k" = 0) OVER (
      PARTITION BY "t12"."cohort"
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS "size"
  FROM (
    SELECT
      "t11"."cohort",
      "t11"."k",
      SUM(CAST(CASE WHEN "t11"."orders" > 0 THEN 1 ELSE 0 END AS BIGINT)) AS "active",
      SUM("t11"."orders") AS "orders",
      SUM("t11"."revenue") AS "revenue",
      SUM("t11"."earned") AS "earned",
      SUM("t11"."uncosted") AS "uncosted"
    FROM (
      SELECT
        "t10"."person_id",
        "t10"."number",
        "t10"."orders",
        "t10"."revenue",
        "t10"."earned",
        "t10"."uncosted",
        "t10"."cohort",
        "t10"."number" - "t10"."cohort" AS "k"
      FROM (
        SELECT
          "t7"."person_id",
          "t7"."number",
          "t7"."orders",
          "t7"."revenue",
          "t7"."earned",
          "t7"."uncosted",
          "t9"."cohort"
        FROM "t5" AS "t7"
        INNER JOIN (
          SELECT
            "t6"."person_id",
            MIN("t6"."number") FILTER(WHERE
              "t6"."orders" > 0) AS "cohort"
          FROM "t5" AS "t6"
          GROUP BY
            1
        ) AS "t9"
          ON "t7"."person_id" IS NOT DISTINCT FROM "t9"."person_id"
      ) AS "t10"
      WHERE
        "t10"."cohort" IS NOT NULL AND (
          "t10"."number" - "t10"."cohort"
        ) >= 0
    ) AS "t11"
    GROUP BY
      1,
      2
  ) AS "t12"
) AS "t14"
CROSS JOIN (
  SELECT
    COALESCE(
      CASE
        WHEN "t1"."costed" > 0
        THEN CAST("t1"."earned" AS DOUBLE) / NULLIF(CAST("t1"."costed" AS DOUBLE), 0.0)
        ELSE CAST(NULL AS DOUBLE)
      END,
      0.2
    ) AS "rate",
    CASE
      WHEN "t1"."costed" > 0
      THEN CAST("t1"."earned" AS DOUBLE) / NULLIF(CAST("t1"."costed" AS DOUBLE), 0.0)
      ELSE CAST(NULL AS DOUBLE)
    END IS NOT NULL AS "told"
  FROM (
    SELECT
      SUM("t0"."costed") AS "costed",
      SUM("t0"."earned") AS "earned"
    FROM "orders" AS "t0"
  ) AS "t1"
) AS "t4";
