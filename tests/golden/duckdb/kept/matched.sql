WITH "t5" AS (
  SELECT
    "t0"."source",
    "t0"."order_id",
    "t0"."line_id",
    "t0"."row",
    "t0"."member_no",
    "t0"."phone",
    "t0"."email",
    "t0"."name",
    "t0"."address",
    "t0"."birthday",
    "t0"."ordered_at",
    "t0"."day",
    "t0"."sku",
    "t0"."product",
    "t0"."category",
    "t0"."quantity",
    "t0"."amount",
    "t0"."cost",
    "t0"."store",
    "t0"."channel",
    "t0"."region",
    "t0"."campaign",
    "t0"."discount",
    "t0"."return_reason",
    "t0"."is_return",
    "t0"."is_product",
    "t0"."line_key",
    "t0"."batch",
    "t0"."loaded_at",
    "t0"."person_id",
    CASE
      WHEN SUFFIX("t0"."order_id", '/refund')
      THEN SUBSTRING(
        "t0"."order_id",
        CASE WHEN (
          0 + 1
        ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t0"."order_id") END,
        LENGTH("t0"."order_id") - 7
      )
      ELSE "t0"."order_id"
    END AS "named",
    COALESCE("t0"."sku", "t0"."product") AS "goods"
  FROM "lines" AS "t0"
  WHERE
    "t0"."ordered_at" < MAKE_TIMESTAMP(2011, 12, 1, 0, 0, 0.0)
    AND "t0"."is_return"
    AND "t0"."is_product"
), "t15" AS (
  SELECT DISTINCT
    "t13"."person_id",
    "t13"."goods",
    "t13"."ordered_at"
  FROM (
    SELECT
      "t12".*
      EXCLUDE ("sold_by")
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
        "t7"."named",
        "t7"."goods",
        "t11"."sold_by",
        "t11"."numbered"
      FROM "t5" AS "t7"
      LEFT OUTER JOIN (
        SELECT DISTINCT
          *
        FROM (
          SELECT
            "t3"."source" AS "sold_by",
            "t3"."order_id" AS "numbered"
          FROM (
            SELECT
              *
            FROM "lines" AS "t0"
            WHERE
              "t0"."ordered_at" < MAKE_TIMESTAMP(2011, 12, 1, 0, 0, 0.0)
              AND NOT (
                "t0"."is_return"
              )
              AND "t0"."amount" > 0
              AND "t0"."is_product"
          ) AS "t3"
          SEMI JOIN "t5" AS "t8"
            ON "t3"."source" = "t8"."source" AND "t3"."order_id" = "t8"."named"
        ) AS "t9"
      ) AS "t11"
        ON "t7"."source" = "t11"."sold_by" AND "t7"."named" = "t11"."numbered"
    ) AS "t12"
  ) AS "t13"
  WHERE
    "t13"."numbered" IS NULL
    AND "t13"."person_id" IS NOT NULL
    AND "t13"."goods" IS NOT NULL
)
SELECT
  "t27"."source",
  "t27"."order_id",
  "t27"."line_id",
  "t27"."row",
  "t27"."member_no",
  "t27"."phone",
  "t27"."email",
  "t27"."name",
  "t27"."address",
  "t27"."birthday",
  "t27"."ordered_at",
  "t27"."day",
  "t27"."sku",
  "t27"."product",
  "t27"."category",
  "t27"."quantity",
  "t27"."amount",
  "t27"."cost",
  "t27"."store",
  "t27"."channel",
  "t27"."region",
  "t27"."campaign",
  "t27"."discount",
  "t27"."return_reason",
  "t27"."is_return",
  "t27"."is_product",
  "t27"."line_key",
  "t27"."batch",
  "t27"."loaded_at",
  "t27"."person_id",
  "t27"."named",
  "t27"."goods",
  "t27"."numbered",
  "t27"."whose",
  "t27"."what",
  "t27"."returned_at",
  "t27"."bought_before",
  CASE
    WHEN "t27"."numbered" IS NOT NULL
    THEN 'number'
    WHEN "t27"."bought_before" IS NOT NULL
    THEN 'goods'
    ELSE 'none'
  END AS "how",
  COALESCE("t27"."numbered", "t27"."bought_before") AS "bought_in"
FROM (
  SELECT
    "t14"."source",
    "t14"."order_id",
    "t14"."line_id",
    "t14"."row",
    "t14"."member_no",
    "t14"."phone",
    "t14"."email",
    "t14"."name",
    "t14"."address",
    "t14"."birthday",
    "t14"."ordered_at",
    "t14"."day",
    "t14"."sku",
    "t14"."product",
    "t14"."category",
    "t14"."quantity",
    "t14"."amount",
    "t14"."cost",
    "t14"."store",
    "t14"."channel",
    "t14"."region",
    "t14"."campaign",
    "t14"."discount",
    "t14"."return_reason",
    "t14"."is_return",
    "t14"."is_product",
    "t14"."line_key",
    "t14"."batch",
    "t14"."loaded_at",
    "t14"."person_id",
    "t14"."named",
    "t14"."goods",
    "t14"."numbered",
    "t26"."whose",
    "t26"."what",
    "t26"."returned_at",
    "t26"."bought_before"
  FROM (
    SELECT
      "t12".*
      EXCLUDE ("sold_by")
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
        "t7"."named",
        "t7"."goods",
        "t11"."sold_by",
        "t11"."numbered"
      FROM "t5" AS "t7"
      LEFT OUTER JOIN (
        SELECT DISTINCT
          *
        FROM (
          SELECT
            "t3"."source" AS "sold_by",
            "t3"."order_id" AS "numbered"
          FROM (
            SELECT
              *
            FROM "lines" AS "t0"
            WHERE
              "t0"."ordered_at" < MAKE_TIMESTAMP(2011, 12, 1, 0, 0, 0.0)
              AND NOT (
                "t0"."is_return"
              )
              AND "t0"."amount" > 0
              AND "t0"."is_product"
          ) AS "t3"
          SEMI JOIN "t5" AS "t8"
            ON "t3"."source" = "t8"."source" AND "t3"."order_id" = "t8"."named"
        ) AS "t9"
      ) AS "t11"
        ON "t7"."source" = "t11"."sold_by" AND "t7"."named" = "t11"."numbered"
    ) AS "t12"
  ) AS "t14"
  LEFT OUTER JOIN (
    SELECT
      "t24"."person_id" AS "whose",
      "t24"."goods" AS "what",
      "t24"."ordered_at" AS "returned_at",
      "t24"."bought_before"
    FROM (
      SELECT
        "t23"."person_id",
        "t23"."goods",
        "t23"."ordered_at",
        FIRST("t23"."in_order" ORDER BY "t23"."at" DESC) AS "bought_before"
      FROM (
        SELECT
          "t17"."person_id",
          "t17"."goods",
          "t17"."ordered_at",
          "t22"."buyer",
          "t22"."thing",
          "t22"."at",
          "t22"."in_order"
        FROM "t15" AS "t17"
        INNER JOIN (
          SELECT
            "t20"."person_id" AS "buyer",
            "t20"."goods" AS "thing",
            "t20"."ordered_at" AS "at",
            "t20"."in_order"
          FROM (
            SELECT
              "t19"."person_id",
              "t19"."goods",
              "t19"."ordered_at",
              MAX("t19"."order_id") AS "in_order"
            FROM (
              SELECT
                "t4"."source",
                "t4"."order_id",
                "t4"."line_id",
                "t4"."row",
                "t4"."member_no",
                "t4"."phone",
                "t4"."email",
                "t4"."name",
                "t4"."address",
                "t4"."birthday",
                "t4"."ordered_at",
                "t4"."day",
                "t4"."sku",
                "t4"."product",
                "t4"."category",
                "t4"."quantity",
                "t4"."amount",
                "t4"."cost",
                "t4"."store",
                "t4"."channel",
                "t4"."region",
                "t4"."campaign",
                "t4"."discount",
                "t4"."return_reason",
                "t4"."is_return",
                "t4"."is_product",
                "t4"."line_key",
                "t4"."batch",
                "t4"."loaded_at",
                "t4"."person_id",
                "t4"."goods"
              FROM (
                SELECT
                  "t0"."source",
                  "t0"."order_id",
                  "t0"."line_id",
                  "t0"."row",
                  "t0"."member_no",
                  "t0"."phone",
                  "t0"."email",
                  "t0"."name",
                  "t0"."address",
                  "t0"."birthday",
                  "t0"."ordered_at",
                  "t0"."day",
                  "t0"."sku",
                  "t0"."product",
                  "t0"."category",
                  "t0"."quantity",
                  "t0"."amount",
                  "t0"."cost",
                  "t0"."store",
                  "t0"."channel",
                  "t0"."region",
                  "t0"."campaign",
                  "t0"."discount",
                  "t0"."return_reason",
                  "t0"."is_return",
                  "t0"."is_product",
                  "t0"."line_key",
                  "t0"."batch",
                  "t0"."loaded_at",
                  "t0"."person_id",
                  COALESCE("t0"."sku", "t0"."product") AS "goods"
                FROM "lines" AS "t0"
                WHERE
                  "t0"."ordered_at" < MAKE_TIMESTAMP(2011, 12, 1, 0, 0, 0.0)
                  AND NOT (
                    "t0"."is_return"
                  )
                  AND "t0"."amount" > 0
                  AND "t0"."is_product"
              ) AS "t4"
              SEMI JOIN "t15" AS "t18"
                ON "t4"."person_id" = "t18"."person_id" AND "t4"."goods" = "t18"."goods"
            ) AS "t19"
            GROUP BY
              1,
              2,
              3
          ) AS "t20"
        ) AS "t22"
          ON "t17"."person_id" = "t22"."buyer"
          AND "t17"."goods" = "t22"."thing"
          AND "t17"."ordered_at" >= "t22"."at"
      ) AS "t23"
      GROUP BY
        1,
        2,
        3
    ) AS "t24"
  ) AS "t26"
    ON "t14"."person_id" = "t26"."whose"
    AND "t14"."goods" = "t26"."what"
    AND "t14"."ordered_at" = "t26"."returned_at"
) AS "t27";
