SELECT
  "t16"."source",
  "t16"."order_id",
  "t16"."person_id",
  "t16"."ordered_at",
  "t16"."day",
  "t16"."is_return",
  "t16"."amount",
  "t16"."costed",
  "t16"."earned",
  "t16"."uncosted",
  "t16"."store",
  "t16"."channel",
  "t16"."region",
  "t16"."campaign",
  "t9"."begun",
  "t9"."ended"
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
    "t14"."costed",
    "t14"."earned",
    "t14"."uncosted",
    CAST(CAST(HASH("t14"."order_id") AS BIT) AS BIGINT) AS "mark"
  FROM (
    SELECT
      "t13".*
      EXCLUDE ("margin")
    FROM (
      SELECT
        "t12"."source",
        "t12"."order_id",
        "t12"."line_id",
        "t12"."row",
        "t12"."member_no",
        "t12"."phone",
        "t12"."email",
        "t12"."name",
        "t12"."address",
        "t12"."birthday",
        "t12"."ordered_at",
        "t12"."day",
        "t12"."sku",
        "t12"."product",
        "t12"."category",
        "t12"."quantity",
        "t12"."amount",
        "t12"."cost",
        "t12"."store",
        "t12"."channel",
        "t12"."region",
        "t12"."campaign",
        "t12"."discount",
        "t12"."return_reason",
        "t12"."is_return",
        "t12"."is_product",
        "t12"."line_key",
        "t12"."batch",
        "t12"."loaded_at",
        "t12"."person_id",
        "t12"."margin",
        CASE
          WHEN COALESCE(
            "t12"."amount" - CASE WHEN "t12"."is_return" THEN -(
              ABS("t12"."cost")
            ) ELSE "t12"."cost" END,
            CAST(FLOOR((
              CAST("t12"."amount" AS DOUBLE) * "t12"."margin"
            ) + 0.5) AS BIGINT)
          ) IS NOT NULL
          THEN "t12"."amount"
          ELSE 0
        END AS "costed",
        COALESCE(
          COALESCE(
            "t12"."amount" - CASE WHEN "t12"."is_return" THEN -(
              ABS("t12"."cost")
            ) ELSE "t12"."cost" END,
            CAST(FLOOR((
              CAST("t12"."amount" AS DOUBLE) * "t12"."margin"
            ) + 0.5) AS BIGINT)
          ),
          0
        ) AS "earned",
        CASE
          WHEN COALESCE(
            "t12"."amount" - CASE WHEN "t12"."is_return" THEN -(
              ABS("t12"."cost")
            ) ELSE "t12"."cost" END,
            CAST(FLOOR((
              CAST("t12"."amount" AS DOUBLE) * "t12"."margin"
            ) + 0.5) AS BIGINT)
          ) IS NOT NULL
          THEN 0
          ELSE "t12"."amount"
        END AS "uncosted"
      FROM (
        SELECT
          "t11".*
          EXCLUDE ("margin_sku")
        FROM (
          SELECT
            "t10"."source",
            "t10"."order_id",
            "t10"."line_id",
            "t10"."row",
            "t10"."member_no",
            "t10"."phone",
            "t10"."email",
            "t10"."name",
            "t10"."address",
            "t10"."birthday",
            "t10"."ordered_at",
            "t10"."day",
            "t10"."sku",
            "t10"."product",
            "t10"."category",
            "t10"."quantity",
            "t10"."amount",
            "t10"."cost",
            "t10"."store",
            "t10"."channel",
            "t10"."region",
            "t10"."campaign",
            "t10"."discount",
            "t10"."return_reason",
            "t10"."is_return",
            "t10"."is_product",
            "t10"."line_key",
            "t10"."batch",
            "t10"."loaded_at",
            "t10"."person_id",
            "t8"."margin_sku",
            "t8"."margin"
          FROM (
            SELECT
              *
            FROM "lines" AS "t2"
            WHERE
              "t2"."ordered_at" < MAKE_TIMESTAMP(2011, 12, 1, 0, 0, 0.0)
          ) AS "t10"
          LEFT OUTER JOIN (
            SELECT
              "t3"."sku" AS "margin_sku",
              "t3"."margin"
            FROM "margins" AS "t3"
          ) AS "t8"
            ON "t10"."sku" = "t8"."margin_sku"
        ) AS "t11"
      ) AS "t12"
    ) AS "t13"
  ) AS "t14"
) AS "t16"
SEMI JOIN "several" AS "t4"
  ON "t16"."mark" = "t4"."mark"
INNER JOIN (
  SELECT
    "t1"."source" AS "sold_by",
    "t1"."order_id" AS "number",
    "t1"."ordered_at" AS "begun",
    "t1"."last_at" AS "ended"
  FROM "orders" AS "t1"
  WHERE
    "t1"."ordered_at" < "t1"."last_at"
) AS "t9"
  ON "t16"."source" = "t9"."sold_by" AND "t16"."order_id" = "t9"."number";
