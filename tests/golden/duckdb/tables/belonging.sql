SELECT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t0"."person_id",
      'acquisition' AS "kind",
      "t0"."acquisition" AS "part",
      "t0"."first_number" AS "since"
    FROM "first_purchases" AS "t0"
    WHERE
      "t0"."acquisition" IS NOT NULL
  ) AS "t2"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      *
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t3"."person_id",
          'store' AS "kind",
          "t3"."store" AS "part",
          MIN("t3"."number") AS "since"
        FROM (
          SELECT
            "t1"."source",
            "t1"."order_id",
            "t1"."line_id",
            "t1"."row",
            "t1"."member_no",
            "t1"."phone",
            "t1"."email",
            "t1"."name",
            "t1"."address",
            "t1"."birthday",
            "t1"."ordered_at",
            "t1"."day",
            COALESCE("t1"."sku", "t1"."product") AS "sku",
            "t1"."product",
            "t1"."category",
            "t1"."quantity",
            "t1"."amount",
            "t1"."cost",
            "t1"."store",
            "t1"."channel",
            "t1"."region",
            "t1"."campaign",
            "t1"."discount",
            "t1"."return_reason",
            "t1"."is_return",
            "t1"."is_product",
            "t1"."line_key",
            "t1"."batch",
            "t1"."loaded_at",
            "t1"."person_id",
            DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t1"."day") AS "number"
          FROM "lines" AS "t1"
          WHERE
            "t1"."ordered_at" < MAKE_TIMESTAMP(2011, 12, 1, 0, 0, 0.0)
            AND "t1"."person_id" IS NOT NULL
            AND NOT (
              "t1"."is_return"
            )
            AND "t1"."amount" > 0
            AND "t1"."is_product"
            AND "t1"."store" IS NOT NULL
        ) AS "t3"
        GROUP BY
          1,
          2,
          3
      ) AS "t9"
    ) AS "t15"
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t4"."person_id",
          'channel' AS "kind",
          "t4"."channel" AS "part",
          MIN("t4"."number") AS "since"
        FROM (
          SELECT
            "t1"."source",
            "t1"."order_id",
            "t1"."line_id",
            "t1"."row",
            "t1"."member_no",
            "t1"."phone",
            "t1"."email",
            "t1"."name",
            "t1"."address",
            "t1"."birthday",
            "t1"."ordered_at",
            "t1"."day",
            COALESCE("t1"."sku", "t1"."product") AS "sku",
            "t1"."product",
            "t1"."category",
            "t1"."quantity",
            "t1"."amount",
            "t1"."cost",
            "t1"."store",
            "t1"."channel",
            "t1"."region",
            "t1"."campaign",
            "t1"."discount",
            "t1"."return_reason",
            "t1"."is_return",
            "t1"."is_product",
            "t1"."line_key",
            "t1"."batch",
            "t1"."loaded_at",
            "t1"."person_id",
            DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t1"."day") AS "number"
          FROM "lines" AS "t1"
          WHERE
            "t1"."ordered_at" < MAKE_TIMESTAMP(2011, 12, 1, 0, 0, 0.0)
            AND "t1"."person_id" IS NOT NULL
            AND NOT (
              "t1"."is_return"
            )
            AND "t1"."amount" > 0
            AND "t1"."is_product"
            AND "t1"."channel" IS NOT NULL
        ) AS "t4"
        GROUP BY
          1,
          2,
          3
      ) AS "t10"
    ) AS "t16"
  ) AS "t21"
) AS "t24"
UNION ALL
SELECT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t5"."person_id",
          'region' AS "kind",
          "t5"."region" AS "part",
          MIN("t5"."number") AS "since"
        FROM (
          SELECT
            "t1"."source",
            "t1"."order_id",
            "t1"."line_id",
            "t1"."row",
            "t1"."member_no",
            "t1"."phone",
            "t1"."email",
            "t1"."name",
            "t1"."address",
            "t1"."birthday",
            "t1"."ordered_at",
            "t1"."day",
            COALESCE("t1"."sku", "t1"."product") AS "sku",
            "t1"."product",
            "t1"."category",
            "t1"."quantity",
            "t1"."amount",
            "t1"."cost",
            "t1"."store",
            "t1"."channel",
            "t1"."region",
            "t1"."campaign",
            "t1"."discount",
            "t1"."return_reason",
            "t1"."is_return",
            "t1"."is_product",
            "t1"."line_key",
            "t1"."batch",
            "t1"."loaded_at",
            "t1"."person_id",
            DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t1"."day") AS "number"
          FROM "lines" AS "t1"
          WHERE
            "t1"."ordered_at" < MAKE_TIMESTAMP(2011, 12, 1, 0, 0, 0.0)
            AND "t1"."person_id" IS NOT NULL
            AND NOT (
              "t1"."is_return"
            )
            AND "t1"."amount" > 0
            AND "t1"."is_product"
            AND "t1"."region" IS NOT NULL
        ) AS "t5"
        GROUP BY
          1,
          2,
          3
      ) AS "t11"
    ) AS "t17"
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t6"."person_id",
          'campaign' AS "kind",
          "t6"."campaign" AS "part",
          MIN("t6"."number") AS "since"
        FROM (
          SELECT
            "t1"."source",
            "t1"."order_id",
            "t1"."line_id",
            "t1"."row",
            "t1"."member_no",
            "t1"."phone",
            "t1"."email",
            "t1"."name",
            "t1"."address",
            "t1"."birthday",
            "t1"."ordered_at",
            "t1"."day",
            COALESCE("t1"."sku", "t1"."product") AS "sku",
            "t1"."product",
            "t1"."category",
            "t1"."quantity",
            "t1"."amount",
            "t1"."cost",
            "t1"."store",
            "t1"."channel",
            "t1"."region",
            "t1"."campaign",
            "t1"."discount",
            "t1"."return_reason",
            "t1"."is_return",
            "t1"."is_product",
            "t1"."line_key",
            "t1"."batch",
            "t1"."loaded_at",
            "t1"."person_id",
            DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t1"."day") AS "number"
          FROM "lines" AS "t1"
          WHERE
            "t1"."ordered_at" < MAKE_TIMESTAMP(2011, 12, 1, 0, 0, 0.0)
            AND "t1"."person_id" IS NOT NULL
            AND NOT (
              "t1"."is_return"
            )
            AND "t1"."amount" > 0
            AND "t1"."is_product"
            AND "t1"."campaign" IS NOT NULL
        ) AS "t6"
        GROUP BY
          1,
          2,
          3
      ) AS "t12"
    ) AS "t18"
  ) AS "t22"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      *
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t7"."person_id",
          'category' AS "kind",
          "t7"."category" AS "part",
          MIN("t7"."number") AS "since"
        FROM (
          SELECT
            "t1"."source",
            "t1"."order_id",
            "t1"."line_id",
            "t1"."row",
            "t1"."member_no",
            "t1"."phone",
            "t1"."email",
            "t1"."name",
            "t1"."address",
            "t1"."birthday",
            "t1"."ordered_at",
            "t1"."day",
            COALESCE("t1"."sku", "t1"."product") AS "sku",
            "t1"."product",
            "t1"."category",
            "t1"."quantity",
            "t1"."amount",
            "t1"."cost",
            "t1"."store",
            "t1"."channel",
            "t1"."region",
            "t1"."campaign",
            "t1"."discount",
            "t1"."return_reason",
            "t1"."is_return",
            "t1"."is_product",
            "t1"."line_key",
            "t1"."batch",
            "t1"."loaded_at",
            "t1"."person_id",
            DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t1"."day") AS "number"
          FROM "lines" AS "t1"
          WHERE
            "t1"."ordered_at" < MAKE_TIMESTAMP(2011, 12, 1, 0, 0, 0.0)
            AND "t1"."person_id" IS NOT NULL
            AND NOT (
              "t1"."is_return"
            )
            AND "t1"."amount" > 0
            AND "t1"."is_product"
            AND "t1"."category" IS NOT NULL
        ) AS "t7"
        GROUP BY
          1,
          2,
          3
      ) AS "t13"
    ) AS "t19"
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t8"."person_id",
          'sku' AS "kind",
          "t8"."sku" AS "part",
          MIN("t8"."number") AS "since"
        FROM (
          SELECT
            "t1"."source",
            "t1"."order_id",
            "t1"."line_id",
            "t1"."row",
            "t1"."member_no",
            "t1"."phone",
            "t1"."email",
            "t1"."name",
            "t1"."address",
            "t1"."birthday",
            "t1"."ordered_at",
            "t1"."day",
            COALESCE("t1"."sku", "t1"."product") AS "sku",
            "t1"."product",
            "t1"."category",
            "t1"."quantity",
            "t1"."amount",
            "t1"."cost",
            "t1"."store",
            "t1"."channel",
            "t1"."region",
            "t1"."campaign",
            "t1"."discount",
            "t1"."return_reason",
            "t1"."is_return",
            "t1"."is_product",
            "t1"."line_key",
            "t1"."batch",
            "t1"."loaded_at",
            "t1"."person_id",
            DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t1"."day") AS "number"
          FROM "lines" AS "t1"
          WHERE
            "t1"."ordered_at" < MAKE_TIMESTAMP(2011, 12, 1, 0, 0, 0.0)
            AND "t1"."person_id" IS NOT NULL
            AND NOT (
              "t1"."is_return"
            )
            AND "t1"."amount" > 0
            AND "t1"."is_product"
            AND COALESCE("t1"."sku", "t1"."product") IS NOT NULL
        ) AS "t8"
        GROUP BY
          1,
          2,
          3
      ) AS "t14"
    ) AS "t20"
  ) AS "t23"
) AS "t25";
