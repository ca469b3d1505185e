SELECT
  "t15"."person_id",
  "t15"."day",
  "t15"."revenue",
  "t15"."earned" + CAST(FLOOR((
    CAST("t15"."uncosted" AS DOUBLE) * "t11"."rate"
  ) + 0.5) AS BIGINT) AS "profit"
FROM (
  SELECT
    "t13"."person_id",
    "t13"."day",
    SUM("t13"."earned") AS "earned",
    SUM("t13"."uncosted") AS "uncosted",
    SUM("t13"."amount") AS "revenue"
  FROM (
    SELECT
      "t12".*
      EXCLUDE ("margin")
    FROM (
      SELECT
        "t9"."source",
        "t9"."order_id",
        "t9"."line_id",
        "t9"."row",
        "t9"."member_no",
        "t9"."phone",
        "t9"."email",
        "t9"."name",
        "t9"."address",
        "t9"."birthday",
        "t9"."ordered_at",
        "t9"."day",
        "t9"."sku",
        "t9"."product",
        "t9"."category",
        "t9"."quantity",
        "t9"."amount",
        "t9"."cost",
        "t9"."store",
        "t9"."channel",
        "t9"."region",
        "t9"."campaign",
        "t9"."discount",
        "t9"."return_reason",
        "t9"."is_return",
        "t9"."is_product",
        "t9"."line_key",
        "t9"."batch",
        "t9"."loaded_at",
        "t9"."person_id",
        "t9"."margin",
        CASE
          WHEN COALESCE(
            "t9"."amount" - CASE WHEN "t9"."is_return" THEN -(
              ABS("t9"."cost")
            ) ELSE "t9"."cost" END,
            CAST(FLOOR((
              CAST("t9"."amount" AS DOUBLE) * "t9"."margin"
            ) + 0.5) AS BIGINT)
          ) IS NOT NULL
          THEN "t9"."amount"
          ELSE 0
        END AS "costed",
        COALESCE(
          COALESCE(
            "t9"."amount" - CASE WHEN "t9"."is_return" THEN -(
              ABS("t9"."cost")
            ) ELSE "t9"."cost" END,
            CAST(FLOOR((
              CAST("t9"."amount" AS DOUBLE) * "t9"."margin"
            ) + 0.5) AS BIGINT)
          ),
          0
        ) AS "earned",
        CASE
          WHEN COALESCE(
            "t9"."amount" - CASE WHEN "t9"."is_return" THEN -(
              ABS("t9"."cost")
            ) ELSE "t9"."cost" END,
            CAST(FLOOR((
              CAST("t9"."amount" AS DOUBLE) * "t9"."margin"
            ) + 0.5) AS BIGINT)
          ) IS NOT NULL
          THEN 0
          ELSE "t9"."amount"
        END AS "uncosted"
      FROM (
        SELECT
          "t8".*
          EXCLUDE ("margin_sku")
        FROM (
          SELECT
            "t7"."source",
            "t7"."order_id",
            "t7"."line_id",
            "t7"."row",
            "t7"."member_no",
            "t7"."phone",
            "t7"."email",
            "t7"."name",
            "t7"."address",
            "t7"."birthday",
            "t7"."ordered_at",
            "t7"."day",
            "t7"."sku",
            "t7"."product",
            "t7"."category",
            "t7"."quantity",
            "t7"."amount",
            "t7"."cost",
            "t7"."store",
            "t7"."channel",
            "t7"."region",
            "t7"."campaign",
            "t7"."discount",
            "t7"."return_reason",
            "t7"."is_return",
            "t7"."is_product",
            "t7"."line_key",
            "t7"."batch",
            "t7"."loaded_at",
            "t7"."person_id",
            "t6"."margin_sku",
            "t6"."margin"
          FROM (
            SELECT
              *
            FROM "lines" AS "t1"
            WHERE
              "t1"."ordered_at" < MAKE_TIMESTAMP(2011, 12, 1, 0, 0, 0.0)
              AND "t1"."person_id" IN ('ann', 'bo')
          ) AS "t7"
          LEFT OUTER JOIN (
            SELECT
              "t2"."sku" AS "margin_sku",
              "t2"."margin"
            FROM "margins" AS "t2"
          ) AS "t6"
            ON "t7"."sku" = "t6"."margin_sku"
        ) AS "t8"
      ) AS "t9"
    ) AS "t12"
  ) AS "t13"
  GROUP BY
    1,
    2
) AS "t15"
CROSS JOIN (
  SELECT
    COALESCE(
      CASE
        WHEN "t4"."costed" > 0
        THEN CAST("t4"."earned" AS DOUBLE) / NULLIF(CAST("t4"."costed" AS DOUBLE), 0.0)
        ELSE CAST(NULL AS DOUBLE)
      END,
      0.2
    ) AS "rate",
    CASE
      WHEN "t4"."costed" > 0
      THEN CAST("t4"."earned" AS DOUBLE) / NULLIF(CAST("t4"."costed" AS DOUBLE), 0.0)
      ELSE CAST(NULL AS DOUBLE)
    END IS NOT NULL AS "told"
  FROM (
    SELECT
      SUM("t0"."costed") AS "costed",
      SUM("t0"."earned") AS "earned"
    FROM "orders" AS "t0"
  ) AS "t4"
) AS "t11";
