WITH "t3" AS (
  SELECT DISTINCT
    "t0"."person_id",
    COALESCE("t0"."sku", "t0"."product") AS "goods",
    "t0"."ordered_at"
  FROM "lines" AS "t0"
  WHERE
    "t0"."ordered_at" < MAKE_TIMESTAMP(2011, 12, 1, 0, 0, 0.0)
    AND "t0"."is_return"
    AND "t0"."is_product"
    AND "t0"."person_id" IS NOT NULL
    AND COALESCE("t0"."sku", "t0"."product") IS NOT NULL
), "t7" AS (
  SELECT
    "t0"."source",
    "t0"."order_id",
    "t0"."sku",
    "t0"."product",
    "t0"."person_id",
    "t0"."ordered_at",
    "t0"."amount",
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
)
SELECT
  "t28"."source",
  "t28"."order_id",
  "t28"."sku",
  "t28"."product",
  "t28"."person_id",
  "t28"."ordered_at",
  "t28"."amount",
  "t28"."named",
  "t28"."goods",
  "t28"."numbered",
  "t28"."whose",
  "t28"."what",
  "t28"."returned_at",
  "t28"."bought_before",
  CASE
    WHEN "t28"."numbered" IS NOT NULL
    THEN 'number'
    WHEN "t28"."bought_before" IS NOT NULL
    THEN 'goods'
    ELSE 'none'
  END AS "how",
  COALESCE("t28"."numbered", "t28"."bought_before") AS "bought_in"
FROM (
  SELECT
    "t24"."source",
    "t24"."order_id",
    "t24"."sku",
    "t24"."product",
    "t24"."person_id",
    "t24"."ordered_at",
    "t24"."amount",
    "t24"."named",
    "t24"."goods",
    "t24"."numbered",
    "t27"."whose",
    "t27"."what",
    "t27"."returned_at",
    "t27"."bought_before"
  FROM (
    SELECT
      "t22".*
      EXCLUDE ("sold_by")
    FROM (
      SELECT
        "t11"."source",
        "t11"."order_id",
        "t11"."sku",
        "t11"."product",
        "t11"."person_id",
        "t11"."ordered_at",
        "t11"."amount",
        "t11"."named",
        "t11"."goods",
        "t20"."sold_by",
        "t20"."numbered"
      FROM "t7" AS "t11"
      LEFT OUTER JOIN (
        SELECT DISTINCT
          *
        FROM (
          SELECT
            "t4"."source" AS "sold_by",
            "t4"."order_id" AS "numbered"
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
          ) AS "t4"
          SEMI JOIN (
            SELECT
              "t10"."source",
              "t10"."named"
            FROM "t7" AS "t10"
            GROUP BY
              1,
              2
          ) AS "t13"
            ON "t4"."source" = "t13"."source" AND "t4"."order_id" = "t13"."named"
        ) AS "t16"
      ) AS "t20"
        ON "t11"."source" = "t20"."sold_by" AND "t11"."named" = "t20"."numbered"
    ) AS "t22"
  ) AS "t24"
  LEFT OUTER JOIN (
    SELECT
      "t25"."person_id" AS "whose",
      "t25"."goods" AS "what",
      "t25"."ordered_at" AS "returned_at",
      "t25"."bought_before"
    FROM (
      SELECT
        "t21"."person_id",
        "t21"."goods",
        "t21"."ordered_at",
        FIRST("t21"."in_order" ORDER BY "t21"."at" DESC) AS "bought_before"
      FROM (
        SELECT
          "t8"."person_id",
          "t8"."goods",
          "t8"."ordered_at",
          "t19"."buyer",
          "t19"."thing",
          "t19"."at",
          "t19"."in_order"
        FROM "t3" AS "t8"
        INNER JOIN (
          SELECT
            "t15"."person_id" AS "buyer",
            "t15"."goods" AS "thing",
            "t15"."ordered_at" AS "at",
            "t15"."in_order"
          FROM (
            SELECT
              "t14"."person_id",
              "t14"."goods",
              "t14"."ordered_at",
              MAX("t14"."order_id") AS "in_order"
            FROM (
              SELECT
                "t5"."source",
                "t5"."order_id",
                "t5"."line_id",
                "t5"."row",
                "t5"."member_no",
                "t5"."phone",
                "t5"."email",
                "t5"."name",
                "t5"."address",
                "t5"."birthday",
                "t5"."ordered_at",
                "t5"."day",
                "t5"."sku",
                "t5"."product",
                "t5"."category",
                "t5"."quantity",
                "t5"."amount",
                "t5"."cost",
                "t5"."store",
                "t5"."channel",
                "t5"."region",
                "t5"."campaign",
                "t5"."discount",
                "t5"."return_reason",
                "t5"."is_return",
                "t5"."is_product",
                "t5"."line_key",
                "t5"."batch",
                "t5"."loaded_at",
                "t5"."person_id",
                "t5"."goods"
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
              ) AS "t5"
              SEMI JOIN "t3" AS "t9"
                ON "t5"."person_id" = "t9"."person_id" AND "t5"."goods" = "t9"."goods"
            ) AS "t14"
            GROUP BY
              1,
              2,
              3
          ) AS "t15"
        ) AS "t19"
          ON "t8"."person_id" = "t19"."buyer"
          AND "t8"."goods" = "t19"."thing"
          AND "t8"."ordered_at" >= "t19"."at"
      ) AS "t21"
      GROUP BY
        1,
        2,
        3
    ) AS "t25"
  ) AS "t27"
    ON "t24"."person_id" = "t27"."whose"
    AND "t24"."goods" = "t27"."what"
    AND "t24"."ordered_at" = "t27"."returned_at"
) AS "t28";
