WITH "t19" AS (
  SELECT
    "t17"."person_id",
    "t17"."member_no",
    "t17"."phone",
    "t17"."email",
    "t17"."name",
    "t17"."store",
    "t17"."channel",
    "t17"."region",
    "t17"."last_seen_day",
    "t17"."revenue",
    "t17"."returned",
    "t17"."return_lines",
    "t17"."costed",
    "t17"."earned",
    "t17"."uncosted",
    "t17"."first_day",
    "t17"."last_day",
    "t17"."first_number",
    "t17"."second_number",
    "t17"."last_number",
    "t17"."purchase_days",
    "t17"."orders",
    "t17"."gross",
    "t17"."logs",
    "t17"."log_squares",
    "t17"."gap_squares",
    "t17"."absence_code",
    "t17"."last_gap",
    "t17"."spend_mean",
    "t17"."spend_log_sd",
    "t17"."gap_mean",
    "t17"."gap_sd",
    "t17"."absence",
    "t17"."back_day",
    "t17"."whose",
    COALESCE("t17"."bought_month", 0) AS "bought_month",
    COALESCE("t17"."bought_month_before", 0) AS "bought_month_before",
    COALESCE("t17"."bought_lately", 0) AS "bought_lately",
    COALESCE("t17"."bought_before", 0) AS "bought_before",
    COALESCE("t17"."bought_long_before", 0) AS "bought_long_before"
  FROM (
    SELECT
      "t15"."person_id",
      "t15"."member_no",
      "t15"."phone",
      "t15"."email",
      "t15"."name",
      "t15"."store",
      "t15"."channel",
      "t15"."region",
      "t15"."last_seen_day",
      "t15"."revenue",
      "t15"."returned",
      "t15"."return_lines",
      "t15"."costed",
      "t15"."earned",
      "t15"."uncosted",
      "t15"."first_day",
      "t15"."last_day",
      "t15"."first_number",
      "t15"."second_number",
      "t15"."last_number",
      "t15"."purchase_days",
      "t15"."orders",
      "t15"."gross",
      "t15"."logs",
      "t15"."log_squares",
      "t15"."gap_squares",
      "t15"."absence_code",
      "t15"."last_gap",
      "t15"."spend_mean",
      "t15"."spend_log_sd",
      "t15"."gap_mean",
      "t15"."gap_sd",
      "t15"."absence",
      "t15"."back_day",
      "t14"."whose",
      "t14"."bought_month",
      "t14"."bought_month_before",
      "t14"."bought_lately",
      "t14"."bought_before",
      "t14"."bought_long_before"
    FROM (
      SELECT
        "t0"."person_id",
        "t0"."member_no",
        "t0"."phone",
        "t0"."email",
        "t0"."name",
        "t0"."store",
        "t0"."channel",
        "t0"."region",
        "t0"."last_seen_day",
        "t0"."revenue",
        "t0"."returned",
        "t0"."return_lines",
        "t0"."costed",
        "t0"."earned",
        "t0"."uncosted",
        "t0"."first_day",
        "t0"."last_day",
        "t0"."first_number",
        "t0"."second_number",
        "t0"."last_number",
        "t0"."purchase_days",
        "t0"."orders",
        "t0"."gross",
        "t0"."logs",
        "t0"."log_squares",
        "t0"."gap_squares",
        "t0"."absence_code",
        "t0"."last_gap",
        CAST("t0"."gross" AS DOUBLE) / NULLIF(CAST("t0"."purchase_days" AS DOUBLE), 0.0) AS "spend_mean",
        CAST(FLOOR(
          (
            (
              SQRT(
                ABS(
                  CAST("t0"."log_squares" AS DOUBLE) - (
                    (
                      CAST("t0"."logs" AS DOUBLE) * CAST("t0"."logs" AS DOUBLE)
                    ) / NULLIF(CAST("t0"."purchase_days" AS DOUBLE), 0.0)
                  )
                ) / NULLIF(CAST("t0"."purchase_days" AS DOUBLE) - 1.0, 0.0)
              ) / 1000000.0
            ) * 1000000.0
          ) + 0.5
        ) AS BIGINT) / 1000000.0 AS "spend_log_sd",
        CAST("t0"."last_number" - "t0"."first_number" AS DOUBLE) / NULLIF(CAST("t0"."purchase_days" - 1 AS DOUBLE), 0.0) AS "gap_mean",
        SQRT(
          ABS(
            CAST("t0"."gap_squares" AS DOUBLE) - (
              (
                CAST("t0"."last_number" - "t0"."first_number" AS DOUBLE) * CAST("t0"."last_number" - "t0"."first_number" AS DOUBLE)
              ) / NULLIF(CAST("t0"."purchase_days" - 1 AS DOUBLE), 0.0)
            )
          ) / NULLIF(CAST("t0"."purchase_days" - 1 AS DOUBLE) - 1.0, 0.0)
        ) AS "gap_sd",
        CAST(FLOOR((
          "t0"."absence_code"
        ) / (
          1048576
        )) AS BIGINT) AS "absence",
        MAKE_DATE(1970, 1, 1) + TO_DAYS(
          CAST((
            "t0"."absence_code" - (
              CAST(FLOOR((
                "t0"."absence_code"
              ) / (
                1048576
              )) AS BIGINT) * 1048576
            )
          ) - 524288 AS INT)
        ) AS "back_day"
      FROM "accounts" AS "t0"
      WHERE
        "t0"."purchase_days" > 0
    ) AS "t15"
    LEFT OUTER JOIN (
      SELECT
        "t11"."person_id" AS "whose",
        "t11"."bought_month",
        "t11"."bought_month_before",
        "t11"."bought_lately",
        "t11"."bought_before",
        "t11"."bought_long_before"
      FROM (
        SELECT
          "t5"."person_id",
          SUM(
            CAST(CASE
              WHEN (
                (
                  15309 - "t5"."number"
                ) >= 0
              )
              AND (
                (
                  15309 - "t5"."number"
                ) < 28
              )
              THEN 1
              ELSE 0
            END AS BIGINT)
          ) AS "bought_month",
          SUM(
            CAST(CASE
              WHEN (
                (
                  15309 - "t5"."number"
                ) >= 28
              )
              AND (
                (
                  15309 - "t5"."number"
                ) < 56
              )
              THEN 1
              ELSE 0
            END AS BIGINT)
          ) AS "bought_month_before",
          SUM(
            CAST(CASE
              WHEN (
                (
                  15309 - "t5"."number"
                ) >= 0
              )
              AND (
                (
                  15309 - "t5"."number"
                ) < 112
              )
              THEN 1
              ELSE 0
            END AS BIGINT)
          ) AS "bought_lately",
          SUM(
            CAST(CASE
              WHEN (
                (
                  15309 - "t5"."number"
                ) >= 112
              )
              AND (
                (
                  15309 - "t5"."number"
                ) < 224
              )
              THEN 1
              ELSE 0
            END AS BIGINT)
          ) AS "bought_before",
          SUM(
            CAST(CASE
              WHEN (
                (
                  15309 - "t5"."number"
                ) >= 224
              )
              AND (
                (
                  15309 - "t5"."number"
                ) < 448
              )
              THEN 1
              ELSE 0
            END AS BIGINT)
          ) AS "bought_long_before"
        FROM (
          SELECT
            *
          FROM "purchase_days" AS "t1"
          WHERE
            "t1"."number" > 14861
        ) AS "t5"
        GROUP BY
          1
      ) AS "t11"
    ) AS "t14"
      ON "t15"."person_id" = "t14"."whose"
  ) AS "t17"
)
SELECT
  "t33"."person_id",
  COALESCE("t33"."member_no", "t33"."phone", "t33"."email") AS "key",
  "t33"."name",
  "t33"."first_day",
  "t33"."last_day",
  "t33"."last_seen_day",
  "t33"."orders",
  "t33"."purchase_days",
  "t33"."purchase_days" - 1 AS "x",
  "t33"."last_number" - "t33"."first_number" AS "t_x",
  "t33"."today" - "t33"."first_number" AS "T",
  "t33"."revenue",
  "t33"."gross",
  "t33"."returned",
  "t33"."return_lines",
  "t33"."earned" + CAST(FLOOR((
    CAST("t33"."uncosted" AS DOUBLE) * "t33"."rate"
  ) + 0.5) AS BIGINT) AS "profit",
  "t33"."spend_mean",
  "t33"."spend_log_sd",
  CASE
    WHEN CASE
      WHEN COALESCE(
        (
          CAST("t33"."earned" AS DOUBLE) + (
            "t33"."rate" * "t33"."usual_costed"
          )
        ) / NULLIF(CAST("t33"."costed" AS DOUBLE) + "t33"."usual_costed", 0.0),
        "t33"."rate"
      ) IS NULL
      THEN COALESCE(
        (
          CAST("t33"."earned" AS DOUBLE) + (
            "t33"."rate" * "t33"."usual_costed"
          )
        ) / NULLIF(CAST("t33"."costed" AS DOUBLE) + "t33"."usual_costed", 0.0),
        "t33"."rate"
      )
      ELSE LEAST(
        1.0,
        COALESCE(
          (
            CAST("t33"."earned" AS DOUBLE) + (
              "t33"."rate" * "t33"."usual_costed"
            )
          ) / NULLIF(CAST("t33"."costed" AS DOUBLE) + "t33"."usual_costed", 0.0),
          "t33"."rate"
        )
      )
    END IS NULL
    THEN CASE
      WHEN COALESCE(
        (
          CAST("t33"."earned" AS DOUBLE) + (
            "t33"."rate" * "t33"."usual_costed"
          )
        ) / NULLIF(CAST("t33"."costed" AS DOUBLE) + "t33"."usual_costed", 0.0),
        "t33"."rate"
      ) IS NULL
      THEN COALESCE(
        (
          CAST("t33"."earned" AS DOUBLE) + (
            "t33"."rate" * "t33"."usual_costed"
          )
        ) / NULLIF(CAST("t33"."costed" AS DOUBLE) + "t33"."usual_costed", 0.0),
        "t33"."rate"
      )
      ELSE LEAST(
        1.0,
        COALESCE(
          (
            CAST("t33"."earned" AS DOUBLE) + (
              "t33"."rate" * "t33"."usual_costed"
            )
          ) / NULLIF(CAST("t33"."costed" AS DOUBLE) + "t33"."usual_costed", 0.0),
          "t33"."rate"
        )
      )
    END
    ELSE GREATEST(
      -1.0,
      CASE
        WHEN COALESCE(
          (
            CAST("t33"."earned" AS DOUBLE) + (
              "t33"."rate" * "t33"."usual_costed"
            )
          ) / NULLIF(CAST("t33"."costed" AS DOUBLE) + "t33"."usual_costed", 0.0),
          "t33"."rate"
        ) IS NULL
        THEN COALESCE(
          (
            CAST("t33"."earned" AS DOUBLE) + (
              "t33"."rate" * "t33"."usual_costed"
            )
          ) / NULLIF(CAST("t33"."costed" AS DOUBLE) + "t33"."usual_costed", 0.0),
          "t33"."rate"
        )
        ELSE LEAST(
          1.0,
          COALESCE(
            (
              CAST("t33"."earned" AS DOUBLE) + (
                "t33"."rate" * "t33"."usual_costed"
              )
            ) / NULLIF(CAST("t33"."costed" AS DOUBLE) + "t33"."usual_costed", 0.0),
            "t33"."rate"
          )
        )
      END
    )
  END AS "margin_rate",
  "t33"."gap_mean",
  "t33"."gap_sd",
  (
    CAST("t33"."last_number" - "t33"."first_number" AS DOUBLE) + (
      "t33"."shop_gap" * 2.0
    )
  ) / (
    CAST("t33"."purchase_days" - 1 AS DOUBLE) + 2.0
  ) AS "typical_gap",
  "t33"."last_gap",
  "t33"."absence",
  "t33"."back_day",
  "t33"."bought_month",
  "t33"."bought_month_before",
  "t33"."bought_lately",
  "t33"."bought_before",
  "t33"."bought_long_before",
  CAST("t33"."first_number" - "t33"."log_start" AS DOUBLE) <= "t33"."shop_gap" AS "left_censored",
  "t33"."store",
  "t33"."channel",
  "t33"."region",
  "t33"."phone" IS NOT NULL AS "has_phone",
  "t33"."email" IS NOT NULL AS "has_email"
FROM (
  SELECT
    "t23"."person_id",
    "t23"."member_no",
    "t23"."phone",
    "t23"."email",
    "t23"."name",
    "t23"."store",
    "t23"."channel",
    "t23"."region",
    "t23"."last_seen_day",
    "t23"."revenue",
    "t23"."returned",
    "t23"."return_lines",
    "t23"."costed",
    "t23"."earned",
    "t23"."uncosted",
    "t23"."first_day",
    "t23"."last_day",
    "t23"."first_number",
    "t23"."second_number",
    "t23"."last_number",
    "t23"."purchase_days",
    "t23"."orders",
    "t23"."gross",
    "t23"."logs",
    "t23"."log_squares",
    "t23"."gap_squares",
    "t23"."absence_code",
    "t23"."last_gap",
    "t23"."spend_mean",
    "t23"."spend_log_sd",
    "t23"."gap_mean",
    "t23"."gap_sd",
    "t23"."absence",
    "t23"."back_day",
    "t23"."whose",
    "t23"."bought_month",
    "t23"."bought_month_before",
    "t23"."bought_lately",
    "t23"."bought_before",
    "t23"."bought_long_before",
    "t32"."shop_gap",
    "t32"."log_start",
    "t32"."rate",
    "t32"."usual_costed",
    "t32"."today"
  FROM "t19" AS "t23"
  CROSS JOIN (
    SELECT
      COALESCE("t30"."shop_gap", CAST((
        15309 - "t24"."log_start"
      ) + 1 AS DOUBLE)) AS "shop_gap",
      "t24"."log_start",
      "t28"."rate",
      COALESCE(
        CAST("t24"."costed_all" AS DOUBLE) / NULLIF(CAST("t26"."people" AS DOUBLE), 0.0),
        0.0
      ) AS "usual_costed",
      15309 AS "today"
    FROM (
      SELECT
        DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), MIN("t18"."day")) AS "log_start",
        SUM("t18"."costed") AS "costed_all"
      FROM (
        SELECT
          "t16".*
          EXCLUDE ("margin")
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
            "t10"."margin",
            CASE
              WHEN COALESCE(
                "t10"."amount" - CASE WHEN "t10"."is_return" THEN -(
                  ABS("t10"."cost")
                ) ELSE "t10"."cost" END,
                CAST(FLOOR((
                  CAST("t10"."amount" AS DOUBLE) * "t10"."margin"
                ) + 0.5) AS BIGINT)
              ) IS NOT NULL
              THEN "t10"."amount"
              ELSE 0
            END AS "costed",
            COALESCE(
              COALESCE(
                "t10"."amount" - CASE WHEN "t10"."is_return" THEN -(
                  ABS("t10"."cost")
                ) ELSE "t10"."cost" END,
                CAST(FLOOR((
                  CAST("t10"."amount" AS DOUBLE) * "t10"."margin"
                ) + 0.5) AS BIGINT)
              ),
              0
            ) AS "earned",
            CASE
              WHEN COALESCE(
                "t10"."amount" - CASE WHEN "t10"."is_return" THEN -(
                  ABS("t10"."cost")
                ) ELSE "t10"."cost" END,
                CAST(FLOOR((
                  CAST("t10"."amount" AS DOUBLE) * "t10"."margin"
                ) + 0.5) AS BIGINT)
              ) IS NOT NULL
              THEN 0
              ELSE "t10"."amount"
            END AS "uncosted"
          FROM (
            SELECT
              "t9".*
              EXCLUDE ("margin_sku")
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
                "t7"."margin_sku",
                "t7"."margin"
              FROM (
                SELECT
                  *
                FROM "lines" AS "t2"
                WHERE
                  "t2"."ordered_at" < MAKE_TIMESTAMP(2011, 12, 1, 0, 0, 0.0)
              ) AS "t8"
              LEFT OUTER JOIN (
                SELECT
                  "t3"."sku" AS "margin_sku",
                  "t3"."margin"
                FROM "margins" AS "t3"
              ) AS "t7"
                ON "t8"."sku" = "t7"."margin_sku"
            ) AS "t9"
          ) AS "t10"
        ) AS "t16"
      ) AS "t18"
    ) AS "t24"
    CROSS JOIN (
      SELECT
        CAST(FLOOR((
          EXP(AVG(LN("t21"."gap_mean"))) * 1000000.0
        ) + 0.5) AS BIGINT) / 1000000.0 AS "shop_gap"
      FROM "t19" AS "t21"
    ) AS "t30"
    CROSS JOIN (
      SELECT
        COUNT(*) AS "people"
      FROM "t19" AS "t21"
    ) AS "t26"
    CROSS JOIN (
      SELECT
        COALESCE(
          CASE
            WHEN "t20"."costed" > 0
            THEN CAST("t20"."earned" AS DOUBLE) / NULLIF(CAST("t20"."costed" AS DOUBLE), 0.0)
            ELSE CAST(NULL AS DOUBLE)
          END,
          0.2
        ) AS "rate",
        CASE
          WHEN "t20"."costed" > 0
          THEN CAST("t20"."earned" AS DOUBLE) / NULLIF(CAST("t20"."costed" AS DOUBLE), 0.0)
          ELSE CAST(NULL AS DOUBLE)
        END IS NOT NULL AS "told"
      FROM (
        SELECT
          SUM("t18"."costed") AS "costed",
          SUM("t18"."earned") AS "earned"
        FROM (
          SELECT
            "t16".*
            EXCLUDE ("margin")
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
              "t10"."margin",
              CASE
                WHEN COALESCE(
                  "t10"."amount" - CASE WHEN "t10"."is_return" THEN -(
                    ABS("t10"."cost")
                  ) ELSE "t10"."cost" END,
                  CAST(FLOOR((
                    CAST("t10"."amount" AS DOUBLE) * "t10"."margin"
                  ) + 0.5) AS BIGINT)
                ) IS NOT NULL
                THEN "t10"."amount"
                ELSE 0
              END AS "costed",
              COALESCE(
                COALESCE(
                  "t10"."amount" - CASE WHEN "t10"."is_return" THEN -(
                    ABS("t10"."cost")
                  ) ELSE "t10"."cost" END,
                  CAST(FLOOR((
                    CAST("t10"."amount" AS DOUBLE) * "t10"."margin"
                  ) + 0.5) AS BIGINT)
                ),
                0
              ) AS "earned",
              CASE
                WHEN COALESCE(
                  "t10"."amount" - CASE WHEN "t10"."is_return" THEN -(
                    ABS("t10"."cost")
                  ) ELSE "t10"."cost" END,
                  CAST(FLOOR((
                    CAST("t10"."amount" AS DOUBLE) * "t10"."margin"
                  ) + 0.5) AS BIGINT)
                ) IS NOT NULL
                THEN 0
                ELSE "t10"."amount"
              END AS "uncosted"
            FROM (
              SELECT
                "t9".*
                EXCLUDE ("margin_sku")
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
                  "t7"."margin_sku",
                  "t7"."margin"
                FROM (
                  SELECT
                    *
                  FROM "lines" AS "t2"
                  WHERE
                    "t2"."ordered_at" < MAKE_TIMESTAMP(2011, 12, 1, 0, 0, 0.0)
                ) AS "t8"
                LEFT OUTER JOIN (
                  SELECT
                    "t3"."sku" AS "margin_sku",
                    "t3"."margin"
                  FROM "margins" AS "t3"
                ) AS "t7"
                  ON "t8"."sku" = "t7"."margin_sku"
              ) AS "t9"
            ) AS "t10"
          ) AS "t16"
        ) AS "t18"
      ) AS "t20"
    ) AS "t28"
  ) AS "t32"
) AS "t33";
