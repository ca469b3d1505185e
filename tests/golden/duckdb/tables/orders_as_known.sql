SELECT
  "t14"."source",
  "t14"."order_id",
  "t14"."person_id",
  "t14"."ordered_at",
  "t14"."day",
  "t14"."last_day",
  "t14"."last_at",
  "t14"."lines",
  "t14"."returned",
  "t14"."return_lines",
  "t14"."amount",
  "t14"."costed",
  "t14"."earned",
  "t14"."uncosted",
  "t14"."store",
  "t14"."channel",
  "t14"."region",
  "t14"."campaign",
  (
    "t14"."return_lines" = 0
  ) AND (
    "t14"."amount" > 0
  ) AS "is_purchase"
FROM (
  SELECT
    "t13"."source",
    "t13"."order_id",
    MAX("t13"."person_id") AS "person_id",
    MIN("t13"."ordered_at") AS "ordered_at",
    MIN("t13"."day") AS "day",
    MAX("t13"."day") AS "last_day",
    MAX("t13"."ordered_at") AS "last_at",
    COUNT(*) AS "lines",
    SUM(CASE WHEN "t13"."is_return" THEN -(
      "t13"."amount"
    ) ELSE 0 END) AS "returned",
    SUM(CAST(CASE WHEN "t13"."is_return" THEN 1 ELSE 0 END AS BIGINT)) AS "return_lines",
    SUM("t13"."amount") AS "amount",
    SUM("t13"."costed") AS "costed",
    SUM("t13"."earned") AS "earned",
    SUM("t13"."uncosted") AS "uncosted",
    MAX("t13"."store") AS "store",
    MAX("t13"."channel") AS "channel",
    MAX("t13"."region") AS "region",
    MAX("t13"."campaign") AS "campaign"
  FROM (
    SELECT
      "t12".*
      EXCLUDE ("margin")
    FROM (
      SELECT
        "t11"."source",
        "t11"."order_id",
        "t11"."line_id",
        "t11"."row",
        "t11"."member_no",
        "t11"."phone",
        "t11"."email",
        "t11"."name",
        "t11"."address",
        "t11"."birthday",
        "t11"."ordered_at",
        "t11"."day",
        "t11"."sku",
        "t11"."product",
        "t11"."category",
        "t11"."quantity",
        "t11"."amount",
        "t11"."cost",
        "t11"."store",
        "t11"."channel",
        "t11"."region",
        "t11"."campaign",
        "t11"."discount",
        "t11"."return_reason",
        "t11"."is_return",
        "t11"."is_product",
        "t11"."line_key",
        "t11"."batch",
        "t11"."loaded_at",
        "t11"."person_id",
        "t11"."margin",
        CASE
          WHEN COALESCE(
            "t11"."amount" - CASE WHEN "t11"."is_return" THEN -(
              ABS("t11"."cost")
            ) ELSE "t11"."cost" END,
            CAST(FLOOR((
              CAST("t11"."amount" AS DOUBLE) * "t11"."margin"
            ) + 0.5) AS BIGINT)
          ) IS NOT NULL
          THEN "t11"."amount"
          ELSE 0
        END AS "costed",
        COALESCE(
          COALESCE(
            "t11"."amount" - CASE WHEN "t11"."is_return" THEN -(
              ABS("t11"."cost")
            ) ELSE "t11"."cost" END,
            CAST(FLOOR((
              CAST("t11"."amount" AS DOUBLE) * "t11"."margin"
            ) + 0.5) AS BIGINT)
          ),
          0
        ) AS "earned",
        CASE
          WHEN COALESCE(
            "t11"."amount" - CASE WHEN "t11"."is_return" THEN -(
              ABS("t11"."cost")
            ) ELSE "t11"."cost" END,
            CAST(FLOOR((
              CAST("t11"."amount" AS DOUBLE) * "t11"."margin"
            ) + 0.5) AS BIGINT)
          ) IS NOT NULL
          THEN 0
          ELSE "t11"."amount"
        END AS "uncosted"
      FROM (
        SELECT
          "t10".*
          EXCLUDE ("margin_sku")
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
            "t4"."margin_sku",
            "t4"."margin"
          FROM (
            SELECT
              *
            FROM (
              SELECT
                *
              FROM (
                SELECT
                  *
                FROM "lines" AS "t1"
                WHERE
                  "t1"."loaded_at" <= MAKE_TIMESTAMP(2011, 11, 1, 0, 0, 0.0)
              ) AS "t5"
              UNION ALL
              SELECT
                *
              FROM (
                SELECT
                  "t2"."source",
                  "t2"."order_id",
                  "t2"."line_id",
                  "t2"."row",
                  "t2"."member_no",
                  "t2"."phone",
                  "t2"."email",
                  "t2"."name",
                  "t2"."address",
                  "t2"."birthday",
                  "t2"."ordered_at",
                  "t2"."day",
                  "t2"."sku",
                  "t2"."product",
                  "t2"."category",
                  "t2"."quantity",
                  "t2"."amount",
                  "t2"."cost",
                  "t2"."store",
                  "t2"."channel",
                  "t2"."region",
                  "t2"."campaign",
                  "t2"."discount",
                  "t2"."return_reason",
                  "t2"."is_return",
                  "t2"."is_product",
                  "t2"."line_key",
                  "t2"."batch",
                  "t2"."loaded_at",
                  "t2"."person_id"
                FROM "lines_before" AS "t2"
                WHERE
                  "t2"."loaded_at" <= MAKE_TIMESTAMP(2011, 11, 1, 0, 0, 0.0)
                  AND "t2"."replaced_at" > MAKE_TIMESTAMP(2011, 11, 1, 0, 0, 0.0)
              ) AS "t6"
            ) AS "t7"
            WHERE
              "t7"."ordered_at" < MAKE_TIMESTAMP(2011, 12, 1, 0, 0, 0.0)
          ) AS "t9"
          LEFT OUTER JOIN (
            SELECT
              "t0"."sku" AS "margin_sku",
              "t0"."margin"
            FROM "margins" AS "t0"
          ) AS "t4"
            ON "t9"."sku" = "t4"."margin_sku"
        ) AS "t10"
      ) AS "t11"
    ) AS "t12"
  ) AS "t13"
  GROUP BY
    1,
    2
) AS "t14";
