SELECT
  "t16"."part",
  "t16"."source",
  "t16"."order_id",
  "t16"."person_id",
  "t16"."ordered_at",
  "t16"."day",
  "t16"."last_day",
  "t16"."last_at",
  "t16"."lines",
  "t16"."returned",
  "t16"."return_lines",
  "t16"."amount",
  "t16"."costed",
  "t16"."earned",
  "t16"."uncosted",
  "t16"."store",
  "t16"."channel",
  "t16"."region",
  "t16"."campaign",
  (
    "t16"."return_lines" = 0
  ) AND (
    "t16"."amount" > 0
  ) AS "is_purchase"
FROM (
  SELECT
    "t15"."part",
    "t15"."source",
    "t15"."order_id",
    MAX("t15"."person_id") AS "person_id",
    MIN("t15"."ordered_at") AS "ordered_at",
    MIN("t15"."day") AS "day",
    MAX("t15"."day") AS "last_day",
    MAX("t15"."ordered_at") AS "last_at",
    COUNT(*) AS "lines",
    SUM(CASE WHEN "t15"."is_return" THEN -(
      "t15"."amount"
    ) ELSE 0 END) AS "returned",
    SUM(CAST(CASE WHEN "t15"."is_return" THEN 1 ELSE 0 END AS BIGINT)) AS "return_lines",
    SUM("t15"."amount") AS "amount",
    SUM("t15"."costed") AS "costed",
    SUM("t15"."earned") AS "earned",
    SUM("t15"."uncosted") AS "uncosted",
    MAX("t15"."store") AS "store",
    MAX("t15"."channel") AS "channel",
    MAX("t15"."region") AS "region",
    MAX("t15"."campaign") AS "campaign"
  FROM (
    SELECT
      "t14".*
      EXCLUDE ("margin")
    FROM (
      SELECT
        "t13"."source",
        "t13"."order_id",
        "t13"."line_id",
        "t13"."row",
        "t13"."member_no",
        "t13"."phone",
        "t13"."email",
        "t13"."name",
        "t13"."address",
        "t13"."birthday",
        "t13"."ordered_at",
        "t13"."day",
        "t13"."sku",
        "t13"."product",
        "t13"."category",
        "t13"."quantity",
        "t13"."amount",
        "t13"."cost",
        "t13"."store",
        "t13"."channel",
        "t13"."region",
        "t13"."campaign",
        "t13"."discount",
        "t13"."return_reason",
        "t13"."is_return",
        "t13"."is_product",
        "t13"."line_key",
        "t13"."batch",
        "t13"."loaded_at",
        "t13"."person_id",
        "t13"."part",
        "t13"."margin",
        CASE
          WHEN COALESCE(
            "t13"."amount" - CASE WHEN "t13"."is_return" THEN -(
              ABS("t13"."cost")
            ) ELSE "t13"."cost" END,
            CAST(FLOOR((
              CAST("t13"."amount" AS DOUBLE) * "t13"."margin"
            ) + 0.5) AS BIGINT)
          ) IS NOT NULL
          THEN "t13"."amount"
          ELSE 0
        END AS "costed",
        COALESCE(
          COALESCE(
            "t13"."amount" - CASE WHEN "t13"."is_return" THEN -(
              ABS("t13"."cost")
            ) ELSE "t13"."cost" END,
            CAST(FLOOR((
              CAST("t13"."amount" AS DOUBLE) * "t13"."margin"
            ) + 0.5) AS BIGINT)
          ),
          0
        ) AS "earned",
        CASE
          WHEN COALESCE(
            "t13"."amount" - CASE WHEN "t13"."is_return" THEN -(
              ABS("t13"."cost")
            ) ELSE "t13"."cost" END,
            CAST(FLOOR((
              CAST("t13"."amount" AS DOUBLE) * "t13"."margin"
            ) + 0.5) AS BIGINT)
          ) IS NOT NULL
          THEN 0
          ELSE "t13"."amount"
        END AS "uncosted"
      FROM (
        SELECT
          "t12".*
          EXCLUDE ("margin_sku")
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
            "t11"."part",
            "t5"."margin_sku",
            "t5"."margin"
          FROM (
            SELECT
              "t9".*
              EXCLUDE ("part_of")
            FROM (
              SELECT
                "t8"."source",
                "t8"."order_id",
                "t8"."line_id",
                "t8"."row",
                "t8"."member_no",
                "t8"."phone",
                "t8"."email",
                "t8"."name",
                "t8"."address",
                "t8"."birthday",
                "t8"."ordered_at",
                "t8"."day",
                "t8"."sku",
                "t8"."product",
                "t8"."category",
                "t8"."quantity",
                "t8"."amount",
                "t8"."cost",
                "t8"."store",
                "t8"."channel",
                "t8"."region",
                "t8"."campaign",
                "t8"."discount",
                "t8"."return_reason",
                "t8"."is_return",
                "t8"."is_product",
                "t8"."line_key",
                "t8"."batch",
                "t8"."loaded_at",
                "t8"."person_id",
                "t7"."part_of",
                "t7"."part"
              FROM (
                SELECT
                  *
                FROM "lines" AS "t1"
                WHERE
                  "t1"."ordered_at" < MAKE_TIMESTAMP(2011, 12, 1, 0, 0, 0.0)
              ) AS "t8"
              LEFT OUTER JOIN (
                SELECT
                  "t2"."person_id" AS "part_of",
                  "t2"."acquisition" AS "part"
                FROM "first_purchases" AS "t2"
              ) AS "t7"
                ON "t8"."person_id" = "t7"."part_of"
            ) AS "t9"
          ) AS "t11"
          LEFT OUTER JOIN (
            SELECT
              "t0"."sku" AS "margin_sku",
              "t0"."margin"
            FROM "margins" AS "t0"
          ) AS "t5"
            ON "t11"."sku" = "t5"."margin_sku"
        ) AS "t12"
      ) AS "t13"
    ) AS "t14"
  ) AS "t15"
  GROUP BY
    1,
    2,
    3
) AS "t16";
