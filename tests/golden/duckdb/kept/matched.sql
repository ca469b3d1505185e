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
), "t16" AS (
  SELECT DISTINCT
    "t14"."person_id",
    "t14"."goods",
    "t14"."ordered_at"
  FROM (
    SELECT
      "t13".*
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
        "t12"."sold_by",
        "t12"."numbered"
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
          SEMI JOIN (
            SELECT
              "t6"."source",
              "t6"."named"
            FROM "t5" AS "t6"
            GROUP BY
              1,
              2
          ) AS "t9"
            ON "t3"."source" = "t9"."source" AND "t3"."order_id" = "t9"."named"
        ) AS "t10"
      ) AS "t12"
        ON "t7"."source" = "t12"."sold_by" AND "t7"."named" = "t12"."numbered"
    ) AS "t13"
  ) AS "t14"
  WHERE
    "t14"."numbered" IS NULL
    AND "t14"."person_id" IS NOT NULL
    AND "t14"."goods" IS NOT NULL
)
SELECT
  "t28"."source",
  "t28"."order_id",
  "t28"."line_id",
  "t28"."row",
  "t28"."member_no",
  "t28"."phone",
  "t28"."email",
  "t28"."name",
  "t28"."address",
  "t28"."birthday",
  "t28"."ordered_at",
  "t28"."day",
  "t28"."sku",
  "t28"."product",
  "t28"."category",
  "t28"."quantity",
  "t28"."amount",
  "t28"."cost",
  "t28"."store",
  "t28"."channel",
  "t28"."region",
  "t28"."campaign",
  "t28"."discount",
  "t28"."return_reason",
  "t28"."is_return",
  "t28"."is_product",
  "t28"."line_key",
  "t28"."batch",
  "t28"."loaded_at",
  "t28"."person_id",
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
    "t15"."source",
    "t15"."order_id",
    "t15"."line_id",
    "t15"."row",
    "t15"."member_no",
    "t15"."phone",
    "t15"."email",
    "t15"."name",
    "t15"."address",
    "t15"."birthday",
    "t15"."ordered_at",
    "t15"."day",
    "t15"."sku",
    "t15"."product",
    "t15"."category",
    "t15"."quantity",
    "t15"."amount",
    "t15"."cost",
    "t15"."store",
    "t15"."channel",
    "t15"."region",
    "t15"."campaign",
    "t15"."discount",
    "t15"."return_reason",
    "t15"."is_return",
    "t15"."is_product",
    "t15"."line_key",
    "t15"."batch",
    "t15"."loaded_at",
    "t15"."person_id",
    "t15"."named",
    "t15"."goods",
    "t15"."numbered",
    "t27"."whose",
    "t27"."what",
    "t27"."returned_at",
    "t27"."bought_before"
  FROM (
    SELECT
      "t13".*
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
        "t12"."sold_by",
        "t12"."numbered"
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
          SEMI JOIN (
            SELECT
              "t6"."source",
              "t6"."named"
            FROM "t5" AS "t6"
            GROUP BY
              1,
              2
          ) AS "t9"
            ON "t3"."source" = "t9"."source" AND "t3"."order_id" = "t9"."named"
        ) AS "t10"
      ) AS "t12"
        ON "t7"."source" = "t12"."sold_by" AND "t7"."named" = "t12"."numbered"
    ) AS "t13"
  ) AS "t15"
  LEFT OUTER JOIN (
    SELECT
      "t25"."person_id" AS "whose",
      "t25"."goods" AS "what",
      "t25"."ordered_at" AS "returned_at",
      "t25"."bought_before"
    FROM (
      SELECT
        "t24"."person_id",
        "t24"."goods",
        "t24"."ordered_at",
        FIRST("t24"."in_order" ORDER BY "t24"."at" DESC) AS "bought_before"
      FROM (
        SELECT
          "t18"."person_id",
          "t18"."goods",
          "t18"."ordered_at",
          "t23"."buyer",
          "t23"."thing",
          "t23"."at",
          "t23"."in_order"
        FROM "t16" AS "t18"
        INNER JOIN (
          SELECT
            "t21"."person_id" AS "buyer",
            "t21"."goods" AS "thing",
            "t21"."ordered_at" AS "at",
            "t21"."in_order"
          FROM (
            SELECT
              "t20"."person_id",
              "t20"."goods",
              "t20"."ordered_at",
              MAX("t20"."order_id") AS "in_order"
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
              SEMI JOIN "t16" AS "t19"
                ON "t4"."person_id" = "t19"."person_id" AND "t4"."goods" = "t19"."goods"
            ) AS "t20"
            GROUP BY
              1,
              2,
              3
          ) AS "t21"
        ) AS "t23"
          ON "t18"."person_id" = "t23"."buyer"
          AND "t18"."goods" = "t23"."thing"
          AND "t18"."ordered_at" >= "t23"."at"
      ) AS "t24"
      GROUP BY
        1,
        2,
        3
    ) AS "t25"
  ) AS "t27"
    ON "t15"."person_id" = "t27"."whose"
    AND "t15"."goods" = "t27"."what"
    AND "t15"."ordered_at" = "t27"."returned_at"
) AS "t28";
