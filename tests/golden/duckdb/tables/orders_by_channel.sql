SELECT
  "t10"."part",
  "t10"."source",
  "t10"."order_id",
  "t10"."person_id",
  "t10"."ordered_at",
  "t10"."day",
  "t10"."last_day",
  "t10"."last_at",
  "t10"."lines",
  "t10"."returned",
  "t10"."return_lines",
  "t10"."amount",
  "t10"."costed",
  "t10"."earned",
  "t10"."uncosted",
  "t10"."store",
  "t10"."channel",
  "t10"."region",
  "t10"."campaign",
  (
    "t10"."return_lines" = 0
  ) AND (
    "t10"."amount" > 0
  ) AS "is_purchase"
FROM (
  SELECT
    "t9"."part",
    "t9"."source",
    "t9"."order_id",
    MAX("t9"."person_id") AS "person_id",
    MIN("t9"."ordered_at") AS "ordered_at",
    MIN("t9"."day") AS "day",
    MAX("t9"."day") AS "last_day",
    MAX("t9"."ordered_at") AS "last_at",
    COUNT(*) AS "lines",
    SUM(CASE WHEN "t9"."is_return" THEN -(
      "t9"."amount"
    ) ELSE 0 END) AS "returned",
    SUM(CAST(CASE WHEN "t9"."is_return" THEN 1 ELSE 0 END AS BIGINT)) AS "return_lines",
    SUM("t9"."amount") AS "amount",
    SUM("t9"."costed") AS "costed",
    SUM("t9"."earned") AS "earned",
    SUM("t9"."uncosted") AS "uncosted",
    MAX("t9"."store") AS "store",
    MAX("t9"."channel") AS "channel",
    MAX("t9"."region") AS "region",
    MAX("t9"."campaign") AS "campaign"
  FROM (
    SELECT
      "t8".*
      EXCLUDE ("margin")
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
        "t7"."part",
        "t7"."margin",
        CASE
          WHEN COALESCE(
            "t7"."amount" - CASE WHEN "t7"."is_return" THEN -(
              ABS("t7"."cost")
            ) ELSE "t7"."cost" END,
            CAST(FLOOR((
              CAST("t7"."amount" AS DOUBLE) * "t7"."margin"
            ) + 0.5) AS BIGINT)
          ) IS NOT NULL
          THEN "t7"."amount"
          ELSE 0
        END AS "costed",
        COALESCE(
          COALESCE(
            "t7"."amount" - CASE WHEN "t7"."is_return" THEN -(
              ABS("t7"."cost")
            ) ELSE "t7"."cost" END,
            CAST(FLOOR((
              CAST("t7"."amount" AS DOUBLE) * "t7"."margin"
            ) + 0.5) AS BIGINT)
          ),
          0
        ) AS "earned",
        CASE
          WHEN COALESCE(
            "t7"."amount" - CASE WHEN "t7"."is_return" THEN -(
              ABS("t7"."cost")
            ) ELSE "t7"."cost" END,
            CAST(FLOOR((
              CAST("t7"."amount" AS DOUBLE) * "t7"."margin"
            ) + 0.5) AS BIGINT)
          ) IS NOT NULL
          THEN 0
          ELSE "t7"."amount"
        END AS "uncosted"
      FROM (
        SELECT
          "t6".*
          EXCLUDE ("margin_sku")
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
            "t5"."part",
            "t4"."margin_sku",
            "t4"."margin"
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
              "t0"."channel" AS "part"
            FROM "lines" AS "t0"
            WHERE
              "t0"."ordered_at" < MAKE_TIMESTAMP(2011, 12, 1, 0, 0, 0.0)
          ) AS "t5"
          LEFT OUTER JOIN (
            SELECT
              "t1"."sku" AS "margin_sku",
              "t1"."margin"
            FROM "margins" AS "t1"
          ) AS "t4"
            ON "t5"."sku" = "t4"."margin_sku"
        ) AS "t6"
      ) AS "t7"
    ) AS "t8"
  ) AS "t9"
  GROUP BY
    1,
    2,
    3
) AS "t10";
