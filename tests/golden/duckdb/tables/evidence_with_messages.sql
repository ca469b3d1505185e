WITH "t18" AS (
  SELECT
    "t10"."day",
    "t10"."orders",
    EXTRACT(month FROM "t10"."day") AS "month",
    DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t10"."day") AS "number"
  FROM (
    SELECT
      "t3"."day",
      COUNT(*) AS "orders"
    FROM (
      SELECT
        *
      FROM "orders" AS "t1"
      WHERE
        "t1"."is_purchase"
    ) AS "t3"
    GROUP BY
      1
  ) AS "t10"
), "t29" AS (
  SELECT
    "t20"."sku",
    "t20"."month",
    AVG("t20"."log_price") AS "log_price",
    MIN("t20"."number") AS "first_number",
    MAX("t20"."number") AS "last_number",
    COUNT(*) AS "lines"
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
      "t2"."person_id",
      DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t2"."day") AS "number",
      (
        (
          CAST(EXTRACT(year FROM "t2"."day") AS BIGINT) * 12
        ) + CAST(EXTRACT(month FROM "t2"."day") AS BIGINT)
      ) - 1 AS "month",
      LN(CAST("t2"."amount" AS DOUBLE) / NULLIF("t2"."quantity", 0.0)) AS "log_price"
    FROM "lines" AS "t2"
    WHERE
      "t2"."ordered_at" < MAKE_TIMESTAMP(2011, 12, 1, 0, 0, 0.0)
      AND "t2"."is_product"
      AND NOT (
        "t2"."is_return"
      )
      AND "t2"."amount" > 0
      AND "t2"."quantity" > 0
      AND "t2"."sku" IS NOT NULL
  ) AS "t20"
  GROUP BY
    1,
    2
), "t44" AS (
  SELECT
    "t23"."person_id",
    "t23"."day",
    "t23"."gross",
    "t23"."orders",
    "t23"."number",
    "t23"."number" - NULLIF(
      LAG("t23"."number") OVER (
        PARTITION BY "t23"."person_id"
        ORDER BY "t23"."number" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ),
      0
    ) AS "gap"
  FROM (
    SELECT
      "t16"."person_id",
      "t16"."day",
      "t16"."gross",
      "t16"."orders",
      DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t16"."day") AS "number"
    FROM (
      SELECT
        "t4"."person_id",
        "t4"."day",
        SUM("t4"."amount") AS "gross",
        COUNT(*) AS "orders"
      FROM (
        SELECT
          *
        FROM "orders" AS "t1"
        WHERE
          "t1"."person_id" IS NOT NULL AND "t1"."is_purchase"
      ) AS "t4"
      GROUP BY
        1,
        2
    ) AS "t16"
  ) AS "t23"
), "t55" AS (
  SELECT
    "t45"."person_id",
    MIN("t45"."day") AS "first_day",
    MAX("t45"."day") AS "last_day",
    MIN("t45"."number") AS "first_number",
    MIN("t45"."number") FILTER(WHERE
      "t45"."gap" IS NOT NULL) AS "second_number",
    MAX("t45"."number") AS "last_number",
    COUNT(*) AS "purchase_days",
    SUM("t45"."orders") AS "orders",
    SUM("t45"."gross") AS "gross",
    SUM(CAST(FLOOR((
      LN(CAST("t45"."gross" AS DOUBLE)) * 1000000.0
    ) + 0.5) AS BIGINT)) AS "logs",
    SUM(
      CAST(FLOOR((
        LN(CAST("t45"."gross" AS DOUBLE)) * 1000000.0
      ) + 0.5) AS BIGINT) * CAST(FLOOR((
        LN(CAST("t45"."gross" AS DOUBLE)) * 1000000.0
      ) + 0.5) AS BIGINT)
    ) AS "log_squares",
    SUM("t45"."gap" * "t45"."gap") AS "gap_squares",
    MAX((
      "t45"."gap" * 1048576
    ) + (
      "t45"."number" + 524288
    )) AS "absence_code",
    MAX((
      (
        "t45"."number" + 524288
      ) * 1048576
    ) + "t45"."gap") % 1048576 AS "last_gap"
  FROM "t44" AS "t45"
  GROUP BY
    1
)
SELECT
  "t94"."person_id",
  CASE
    WHEN "t94"."has_returns"
    THEN COALESCE("t94"."returned_near_end", 0.0)
    ELSE CAST(NULL AS DOUBLE)
  END AS "returned_near_end",
  "t94"."price_rise",
  "t94"."gone_share",
  "t94"."gap_sd" / NULLIF("t94"."gap_mean", 0.0) AS "regularity",
  "t94"."purchase_days" = 1 AS "one_purchase",
  CASE
    WHEN "t94"."has_year"
    THEN COALESCE("t94"."only_peak" = 1, FALSE)
    ELSE CAST(NULL AS BOOLEAN)
  END AS "season_gift",
  CASE
    WHEN "t94"."delivery_failed_kept" > 0
    THEN CASE
      WHEN CASE
        WHEN COALESCE("t94"."delivery_failed_sum", 0.0) IS NULL
        THEN COALESCE("t94"."delivery_failed_sum", 0.0)
        ELSE LEAST(1.0, COALESCE("t94"."delivery_failed_sum", 0.0))
      END IS NULL
      THEN CASE
        WHEN COALESCE("t94"."delivery_failed_sum", 0.0) IS NULL
        THEN COALESCE("t94"."delivery_failed_sum", 0.0)
        ELSE LEAST(1.0, COALESCE("t94"."delivery_failed_sum", 0.0))
      END
      ELSE GREATEST(
        0.0,
        CASE
          WHEN COALESCE("t94"."delivery_failed_sum", 0.0) IS NULL
          THEN COALESCE("t94"."delivery_failed_sum", 0.0)
          ELSE LEAST(1.0, COALESCE("t94"."delivery_failed_sum", 0.0))
        END
      )
    END
    ELSE CAST(NULL AS DOUBLE)
  END AS "delivery_failed",
  CASE
    WHEN "t94"."complaint_unanswered_kept" > 0
    THEN CASE
      WHEN CASE
        WHEN COALESCE("t94"."complaint_unanswered_sum", 0.0) IS NULL
        THEN COALESCE("t94"."complaint_unanswered_sum", 0.0)
        ELSE LEAST(1.0, COALESCE("t94"."complaint_unanswered_sum", 0.0))
      END IS NULL
      THEN CASE
        WHEN COALESCE("t94"."complaint_unanswered_sum", 0.0) IS NULL
        THEN COALESCE("t94"."complaint_unanswered_sum", 0.0)
        ELSE LEAST(1.0, COALESCE("t94"."complaint_unanswered_sum", 0.0))
      END
      ELSE GREATEST(
        0.0,
        CASE
          WHEN COALESCE("t94"."complaint_unanswered_sum", 0.0) IS NULL
          THEN COALESCE("t94"."complaint_unanswered_sum", 0.0)
          ELSE LEAST(1.0, COALESCE("t94"."complaint_unanswered_sum", 0.0))
        END
      )
    END
    ELSE CAST(NULL AS DOUBLE)
  END AS "complaint_unanswered",
  CASE
    WHEN "t94"."complaint_service_kept" > 0
    THEN CASE
      WHEN CASE
        WHEN COALESCE("t94"."complaint_service_sum", 0.0) IS NULL
        THEN COALESCE("t94"."complaint_service_sum", 0.0)
        ELSE LEAST(1.0, COALESCE("t94"."complaint_service_sum", 0.0))
      END IS NULL
      THEN CASE
        WHEN COALESCE("t94"."complaint_service_sum", 0.0) IS NULL
        THEN COALESCE("t94"."complaint_service_sum", 0.0)
        ELSE LEAST(1.0, COALESCE("t94"."complaint_service_sum", 0.0))
      END
      ELSE GREATEST(
        0.0,
        CASE
          WHEN COALESCE("t94"."complaint_service_sum", 0.0) IS NULL
          THEN COALESCE("t94"."complaint_service_sum", 0.0)
          ELSE LEAST(1.0, COALESCE("t94"."complaint_service_sum", 0.0))
        END
      )
    END
    ELSE CAST(NULL AS DOUBLE)
  END AS "complaint_service",
  CASE
    WHEN "t94"."complaint_product_kept" > 0
    THEN CASE
      WHEN CASE
        WHEN COALESCE("t94"."complaint_product_sum", 0.0) IS NULL
        THEN COALESCE("t94"."complaint_product_sum", 0.0)
        ELSE LEAST(1.0, COALESCE("t94"."complaint_product_sum", 0.0))
      END IS NULL
      THEN CASE
        WHEN COALESCE("t94"."complaint_product_sum", 0.0) IS NULL
        THEN COALESCE("t94"."complaint_product_sum", 0.0)
        ELSE LEAST(1.0, COALESCE("t94"."complaint_product_sum", 0.0))
      END
      ELSE GREATEST(
        0.0,
        CASE
          WHEN COALESCE("t94"."complaint_product_sum", 0.0) IS NULL
          THEN COALESCE("t94"."complaint_product_sum", 0.0)
          ELSE LEAST(1.0, COALESCE("t94"."complaint_product_sum", 0.0))
        END
      )
    END
    ELSE CAST(NULL AS DOUBLE)
  END AS "complaint_product",
  CASE
    WHEN "t94"."clerk_left_kept" > 0
    THEN CASE
      WHEN CASE
        WHEN COALESCE("t94"."clerk_left_sum", 0.0) IS NULL
        THEN COALESCE("t94"."clerk_left_sum", 0.0)
        ELSE LEAST(1.0, COALESCE("t94"."clerk_left_sum", 0.0))
      END IS NULL
      THEN CASE
        WHEN COALESCE("t94"."clerk_left_sum", 0.0) IS NULL
        THEN COALESCE("t94"."clerk_left_sum", 0.0)
        ELSE LEAST(1.0, COALESCE("t94"."clerk_left_sum", 0.0))
      END
      ELSE GREATEST(
        0.0,
        CASE
          WHEN COALESCE("t94"."clerk_left_sum", 0.0) IS NULL
          THEN COALESCE("t94"."clerk_left_sum", 0.0)
          ELSE LEAST(1.0, COALESCE("t94"."clerk_left_sum", 0.0))
        END
      )
    END
    ELSE CAST(NULL AS DOUBLE)
  END AS "clerk_left",
  CASE
    WHEN "t94"."out_of_stock_kept" > 0
    THEN CASE
      WHEN CASE
        WHEN COALESCE("t94"."out_of_stock_sum", 0.0) IS NULL
        THEN COALESCE("t94"."out_of_stock_sum", 0.0)
        ELSE LEAST(1.0, COALESCE("t94"."out_of_stock_sum", 0.0))
      END IS NULL
      THEN CASE
        WHEN COALESCE("t94"."out_of_stock_sum", 0.0) IS NULL
        THEN COALESCE("t94"."out_of_stock_sum", 0.0)
        ELSE LEAST(1.0, COALESCE("t94"."out_of_stock_sum", 0.0))
      END
      ELSE GREATEST(
        0.0,
        CASE
          WHEN COALESCE("t94"."out_of_stock_sum", 0.0) IS NULL
          THEN COALESCE("t94"."out_of_stock_sum", 0.0)
          ELSE LEAST(1.0, COALESCE("t94"."out_of_stock_sum", 0.0))
        END
      )
    END
    ELSE CAST(NULL AS DOUBLE)
  END AS "out_of_stock",
  CASE
    WHEN "t94"."price_told_kept" > 0
    THEN CASE
      WHEN CASE
        WHEN COALESCE("t94"."price_told_sum", 0.0) IS NULL
        THEN COALESCE("t94"."price_told_sum", 0.0)
        ELSE LEAST(1.0, COALESCE("t94"."price_told_sum", 0.0))
      END IS NULL
      THEN CASE
        WHEN COALESCE("t94"."price_told_sum", 0.0) IS NULL
        THEN COALESCE("t94"."price_told_sum", 0.0)
        ELSE LEAST(1.0, COALESCE("t94"."price_told_sum", 0.0))
      END
      ELSE GREATEST(
        0.0,
        CASE
          WHEN COALESCE("t94"."price_told_sum", 0.0) IS NULL
          THEN COALESCE("t94"."price_told_sum", 0.0)
          ELSE LEAST(1.0, COALESCE("t94"."price_told_sum", 0.0))
        END
      )
    END
    ELSE CAST(NULL AS DOUBLE)
  END AS "price_told",
  CASE
    WHEN "t94"."rival_opened_kept" > 0
    THEN CASE
      WHEN CASE
        WHEN COALESCE("t94"."rival_opened_sum", 0.0) IS NULL
        THEN COALESCE("t94"."rival_opened_sum", 0.0)
        ELSE LEAST(1.0, COALESCE("t94"."rival_opened_sum", 0.0))
      END IS NULL
      THEN CASE
        WHEN COALESCE("t94"."rival_opened_sum", 0.0) IS NULL
        THEN COALESCE("t94"."rival_opened_sum", 0.0)
        ELSE LEAST(1.0, COALESCE("t94"."rival_opened_sum", 0.0))
      END
      ELSE GREATEST(
        0.0,
        CASE
          WHEN COALESCE("t94"."rival_opened_sum", 0.0) IS NULL
          THEN COALESCE("t94"."rival_opened_sum", 0.0)
          ELSE LEAST(1.0, COALESCE("t94"."rival_opened_sum", 0.0))
        END
      )
    END
    ELSE CAST(NULL AS DOUBLE)
  END AS "rival_opened",
  CASE
    WHEN "t94"."store_gone_kept" > 0
    THEN CASE
      WHEN CASE
        WHEN COALESCE("t94"."store_gone_sum", 0.0) IS NULL
        THEN COALESCE("t94"."store_gone_sum", 0.0)
        ELSE LEAST(1.0, COALESCE("t94"."store_gone_sum", 0.0))
      END IS NULL
      THEN CASE
        WHEN COALESCE("t94"."store_gone_sum", 0.0) IS NULL
        THEN COALESCE("t94"."store_gone_sum", 0.0)
        ELSE LEAST(1.0, COALESCE("t94"."store_gone_sum", 0.0))
      END
      ELSE GREATEST(
        0.0,
        CASE
          WHEN COALESCE("t94"."store_gone_sum", 0.0) IS NULL
          THEN COALESCE("t94"."store_gone_sum", 0.0)
          ELSE LEAST(1.0, COALESCE("t94"."store_gone_sum", 0.0))
        END
      )
    END
    ELSE CAST(NULL AS DOUBLE)
  END AS "store_gone",
  CASE
    WHEN "t94"."our_messages_kept" > 0
    THEN COALESCE("t94"."our_messages_sum", 0.0)
    ELSE CAST(NULL AS DOUBLE)
  END AS "our_messages",
  CASE
    WHEN "t94"."payment_failed_kept" > 0
    THEN CASE
      WHEN CASE
        WHEN COALESCE("t94"."payment_failed_sum", 0.0) IS NULL
        THEN COALESCE("t94"."payment_failed_sum", 0.0)
        ELSE LEAST(1.0, COALESCE("t94"."payment_failed_sum", 0.0))
      END IS NULL
      THEN CASE
        WHEN COALESCE("t94"."payment_failed_sum", 0.0) IS NULL
        THEN COALESCE("t94"."payment_failed_sum", 0.0)
        ELSE LEAST(1.0, COALESCE("t94"."payment_failed_sum", 0.0))
      END
      ELSE GREATEST(
        0.0,
        CASE
          WHEN COALESCE("t94"."payment_failed_sum", 0.0) IS NULL
          THEN COALESCE("t94"."payment_failed_sum", 0.0)
          ELSE LEAST(1.0, COALESCE("t94"."payment_failed_sum", 0.0))
        END
      )
    END
    ELSE CAST(NULL AS DOUBLE)
  END AS "payment_failed"
FROM (
  SELECT
    "t93"."person_id",
    "t93"."first_day",
    "t93"."last_day",
    "t93"."first_number",
    "t93"."second_number",
    "t93"."last_number",
    "t93"."purchase_days",
    "t93"."orders",
    "t93"."gross",
    "t93"."logs",
    "t93"."log_squares",
    "t93"."gap_squares",
    "t93"."absence_code",
    "t93"."last_gap",
    "t93"."spend_mean",
    "t93"."spend_log_sd",
    "t93"."gap_mean",
    "t93"."gap_sd",
    "t93"."absence",
    "t93"."back_day",
    "t93"."returned_near_end",
    "t93"."price_rise",
    "t93"."gone_share",
    "t93"."only_peak",
    "t93"."has_returns",
    "t93"."has_year",
    "t93"."delivery_failed_sum",
    "t93"."complaint_unanswered_sum",
    "t93"."complaint_service_sum",
    "t93"."complaint_product_sum",
    "t93"."clerk_left_sum",
    "t93"."out_of_stock_sum",
    "t93"."price_told_sum",
    "t93"."rival_opened_sum",
    "t93"."store_gone_sum",
    "t93"."our_messages_sum",
    "t93"."payment_failed_sum",
    "t33"."delivery_failed_kept",
    "t33"."complaint_unanswered_kept",
    "t33"."complaint_service_kept",
    "t33"."complaint_product_kept",
    "t33"."clerk_left_kept",
    "t33"."out_of_stock_kept",
    "t33"."price_told_kept",
    "t33"."rival_opened_kept",
    "t33"."store_gone_kept",
    "t33"."our_messages_kept",
    "t33"."payment_failed_kept"
  FROM (
    SELECT
      "t91".*
      EXCLUDE ("person_id_right")
    FROM (
      SELECT
        "t90"."person_id",
        "t90"."first_day",
        "t90"."last_day",
        "t90"."first_number",
        "t90"."second_number",
        "t90"."last_number",
        "t90"."purchase_days",
        "t90"."orders",
        "t90"."gross",
        "t90"."logs",
        "t90"."log_squares",
        "t90"."gap_squares",
        "t90"."absence_code",
        "t90"."last_gap",
        "t90"."spend_mean",
        "t90"."spend_log_sd",
        "t90"."gap_mean",
        "t90"."gap_sd",
        "t90"."absence",
        "t90"."back_day",
        "t90"."returned_near_end",
        "t90"."price_rise",
        "t90"."gone_share",
        "t90"."only_peak",
        "t27"."has_returns",
        "t27"."has_year",
        "t77"."person_id" AS "person_id_right",
        "t77"."delivery_failed_sum",
        "t77"."complaint_unanswered_sum",
        "t77"."complaint_service_sum",
        "t77"."complaint_product_sum",
        "t77"."clerk_left_sum",
        "t77"."out_of_stock_sum",
        "t77"."price_told_sum",
        "t77"."rival_opened_sum",
        "t77"."store_gone_sum",
        "t77"."our_messages_sum",
        "t77"."payment_failed_sum"
      FROM (
        SELECT
          "t88".*
          EXCLUDE ("person_id_right")
        FROM (
          SELECT
            "t87"."person_id",
            "t87"."first_day",
            "t87"."last_day",
            "t87"."first_number",
            "t87"."second_number",
            "t87"."last_number",
            "t87"."purchase_days",
            "t87"."orders",
            "t87"."gross",
            "t87"."logs",
            "t87"."log_squares",
            "t87"."gap_squares",
            "t87"."absence_code",
            "t87"."last_gap",
            "t87"."spend_mean",
            "t87"."spend_log_sd",
            "t87"."gap_mean",
            "t87"."gap_sd",
            "t87"."absence",
            "t87"."back_day",
            "t87"."returned_near_end",
            "t87"."price_rise",
            "t87"."gone_share",
            "t66"."person_id" AS "person_id_right",
            "t66"."only_peak"
          FROM (
            SELECT
              "t85".*
              EXCLUDE ("person_id_right")
            FROM (
              SELECT
                "t84"."person_id",
                "t84"."first_day",
                "t84"."last_day",
                "t84"."first_number",
                "t84"."second_number",
                "t84"."last_number",
                "t84"."purchase_days",
                "t84"."orders",
                "t84"."gross",
                "t84"."logs",
                "t84"."log_squares",
                "t84"."gap_squares",
                "t84"."absence_code",
                "t84"."last_gap",
                "t84"."spend_mean",
                "t84"."spend_log_sd",
                "t84"."gap_mean",
                "t84"."gap_sd",
                "t84"."absence",
                "t84"."back_day",
                "t84"."returned_near_end",
                "t80"."person_id" AS "person_id_right",
                "t80"."price_rise",
                "t80"."gone_share"
              FROM (
                SELECT
                  "t82".*
                  EXCLUDE ("person_id_right")
                FROM (
                  SELECT
                    "t76"."person_id",
                    "t76"."first_day",
                    "t76"."last_day",
                    "t76"."first_number",
                    "t76"."second_number",
                    "t76"."last_number",
                    "t76"."purchase_days",
                    "t76"."orders",
                    "t76"."gross",
                    "t76"."logs",
                    "t76"."log_squares",
                    "t76"."gap_squares",
                    "t76"."absence_code",
                    "t76"."last_gap",
                    "t76"."spend_mean",
                    "t76"."spend_log_sd",
                    "t76"."gap_mean",
                    "t76"."gap_sd",
                    "t76"."absence",
                    "t76"."back_day",
                    "t81"."person_id" AS "person_id_right",
                    "t81"."returned_near_end"
                  FROM (
                    SELECT
                      "t57"."person_id",
                      "t57"."first_day",
                      "t57"."last_day",
                      "t57"."first_number",
                      "t57"."second_number",
                      "t57"."last_number",
                      "t57"."purchase_days",
                      "t57"."orders",
                      "t57"."gross",
                      "t57"."logs",
                      "t57"."log_squares",
                      "t57"."gap_squares",
                      "t57"."absence_code",
                      "t57"."last_gap",
                      CAST("t57"."gross" AS DOUBLE) / NULLIF(CAST("t57"."purchase_days" AS DOUBLE), 0.0) AS "spend_mean",
                      CAST(FLOOR(
                        (
                          (
                            SQRT(
                              ABS(
                                CAST("t57"."log_squares" AS DOUBLE) - (
                                  (
                                    CAST("t57"."logs" AS DOUBLE) * CAST("t57"."logs" AS DOUBLE)
                                  ) / NULLIF(CAST("t57"."purchase_days" AS DOUBLE), 0.0)
                                )
                              ) / NULLIF(CAST("t57"."purchase_days" AS DOUBLE) - 1.0, 0.0)
                            ) / 1000000.0
                          ) * 1000000.0
                        ) + 0.5
                      ) AS BIGINT) / 1000000.0 AS "spend_log_sd",
                      CAST("t57"."last_number" - "t57"."first_number" AS DOUBLE) / NULLIF(CAST("t57"."purchase_days" - 1 AS DOUBLE), 0.0) AS "gap_mean",
                      SQRT(
                        ABS(
                          CAST("t57"."gap_squares" AS DOUBLE) - (
                            (
                              CAST("t57"."last_number" - "t57"."first_number" AS DOUBLE) * CAST("t57"."last_number" - "t57"."first_number" AS DOUBLE)
                            ) / NULLIF(CAST("t57"."purchase_days" - 1 AS DOUBLE), 0.0)
                          )
                        ) / NULLIF(CAST("t57"."purchase_days" - 1 AS DOUBLE) - 1.0, 0.0)
                      ) AS "gap_sd",
                      CAST(FLOOR((
                        "t57"."absence_code"
                      ) / (
                        1048576
                      )) AS BIGINT) AS "absence",
                      MAKE_DATE(1970, 1, 1) + TO_DAYS(
                        CAST((
                          "t57"."absence_code" - (
                            CAST(FLOOR((
                              "t57"."absence_code"
                            ) / (
                              1048576
                            )) AS BIGINT) * 1048576
                          )
                        ) - 524288 AS INT)
                      ) AS "back_day"
                    FROM "t55" AS "t57"
                  ) AS "t76"
                  LEFT OUTER JOIN (
                    SELECT
                      "t73"."person_id",
                      CASE
                        WHEN CASE
                          WHEN (
                            CAST(SUM("t73"."returned") AS DOUBLE) / NULLIF(
                              CAST(SUM(CASE WHEN "t73"."is_purchase" THEN "t73"."amount" ELSE 0 END) AS DOUBLE),
                              0.0
                            )
                          ) IS NULL
                          THEN CAST(SUM("t73"."returned") AS DOUBLE) / NULLIF(
                            CAST(SUM(CASE WHEN "t73"."is_purchase" THEN "t73"."amount" ELSE 0 END) AS DOUBLE),
                            0.0
                          )
                          ELSE LEAST(
                            1.0,
                            CAST(SUM("t73"."returned") AS DOUBLE) / NULLIF(
                              CAST(SUM(CASE WHEN "t73"."is_purchase" THEN "t73"."amount" ELSE 0 END) AS DOUBLE),
                              0.0
                            )
                          )
                        END IS NULL
                        THEN CASE
                          WHEN (
                            CAST(SUM("t73"."returned") AS DOUBLE) / NULLIF(
                              CAST(SUM(CASE WHEN "t73"."is_purchase" THEN "t73"."amount" ELSE 0 END) AS DOUBLE),
                              0.0
                            )
                          ) IS NULL
                          THEN CAST(SUM("t73"."returned") AS DOUBLE) / NULLIF(
                            CAST(SUM(CASE WHEN "t73"."is_purchase" THEN "t73"."amount" ELSE 0 END) AS DOUBLE),
                            0.0
                          )
                          ELSE LEAST(
                            1.0,
                            CAST(SUM("t73"."returned") AS DOUBLE) / NULLIF(
                              CAST(SUM(CASE WHEN "t73"."is_purchase" THEN "t73"."amount" ELSE 0 END) AS DOUBLE),
                              0.0
                            )
                          )
                        END
                        ELSE GREATEST(
                          0.0,
                          CASE
                            WHEN (
                              CAST(SUM("t73"."returned") AS DOUBLE) / NULLIF(
                                CAST(SUM(CASE WHEN "t73"."is_purchase" THEN "t73"."amount" ELSE 0 END) AS DOUBLE),
                                0.0
                              )
                            ) IS NULL
                            THEN CAST(SUM("t73"."returned") AS DOUBLE) / NULLIF(
                              CAST(SUM(CASE WHEN "t73"."is_purchase" THEN "t73"."amount" ELSE 0 END) AS DOUBLE),
                              0.0
                            )
                            ELSE LEAST(
                              1.0,
                              CAST(SUM("t73"."returned") AS DOUBLE) / NULLIF(
                                CAST(SUM(CASE WHEN "t73"."is_purchase" THEN "t73"."amount" ELSE 0 END) AS DOUBLE),
                                0.0
                              )
                            )
                          END
                        )
                      END AS "returned_near_end"
                    FROM (
                      SELECT
                        *
                      FROM (
                        SELECT
                          "t9"."source",
                          "t9"."order_id",
                          "t9"."person_id",
                          "t9"."ordered_at",
                          "t9"."day",
                          "t9"."last_day",
                          "t9"."last_at",
                          "t9"."lines",
                          "t9"."returned",
                          "t9"."return_lines",
                          "t9"."amount",
                          "t9"."costed",
                          "t9"."earned",
                          "t9"."uncosted",
                          "t9"."store",
                          "t9"."channel",
                          "t9"."region",
                          "t9"."campaign",
                          "t9"."is_purchase",
                          "t65"."end"
                        FROM (
                          SELECT
                            *
                          FROM "orders" AS "t1"
                          WHERE
                            "t1"."person_id" IS NOT NULL
                        ) AS "t9"
                        INNER JOIN (
                          SELECT
                            "t57"."person_id",
                            "t57"."last_number" + 30 AS "end"
                          FROM "t55" AS "t57"
                        ) AS "t65"
                          ON "t9"."person_id" = "t65"."person_id"
                      ) AS "t70"
                      WHERE
                        DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t70"."day") <= "t70"."end"
                        AND DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t70"."day") > (
                          "t70"."end" - 90
                        )
                    ) AS "t73"
                    GROUP BY
                      1
                  ) AS "t81"
                    ON "t76"."person_id" = "t81"."person_id"
                ) AS "t82"
              ) AS "t84"
              LEFT OUTER JOIN (
                SELECT
                  "t71"."person_id",
                  CAST(FLOOR(
                    (
                      (
                        SUM(CAST("t71"."spent" AS DOUBLE) * (
                          "t71"."latest" - "t71"."then_price"
                        )) / NULLIF(CAST(SUM("t71"."spent") AS DOUBLE), 0.0)
                      ) * 1000000.0
                    ) + 0.5
                  ) AS BIGINT) / 1000000.0 AS "price_rise",
                  CAST(SUM(
                    CASE
                      WHEN (
                        "t71"."stopped" = 1
                      )
                      AND (
                        (
                          "t71"."last_sold" - "t71"."last_number"
                        ) >= 0
                      )
                      AND (
                        (
                          "t71"."last_sold" - "t71"."last_number"
                        ) <= 90
                      )
                      THEN "t71"."spent"
                      ELSE 0
                    END
                  ) AS DOUBLE) / NULLIF(CAST(SUM("t71"."spent") AS DOUBLE), 0.0) AS "gone_share"
                FROM (
                  SELECT
                    "t31"."person_id",
                    "t31"."sku",
                    "t31"."spent",
                    "t31"."month",
                    "t43"."then_sku",
                    "t43"."then_month",
                    "t43"."then_price",
                    "t69"."product_sku",
                    "t69"."latest",
                    "t69"."last_sold",
                    "t69"."stopped",
                    "t62"."last_number"
                  FROM (
                    SELECT
                      "t19"."person_id",
                      "t19"."sku",
                      SUM("t19"."amount") AS "spent",
                      MAX("t19"."month") AS "month"
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
                        "t2"."person_id",
                        DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t2"."day") AS "number",
                        (
                          (
                            CAST(EXTRACT(year FROM "t2"."day") AS BIGINT) * 12
                          ) + CAST(EXTRACT(month FROM "t2"."day") AS BIGINT)
                        ) - 1 AS "month",
                        LN(CAST("t2"."amount" AS DOUBLE) / NULLIF("t2"."quantity", 0.0)) AS "log_price"
                      FROM "lines" AS "t2"
                      WHERE
                        "t2"."ordered_at" < MAKE_TIMESTAMP(2011, 12, 1, 0, 0, 0.0)
                        AND "t2"."is_product"
                        AND NOT (
                          "t2"."is_return"
                        )
                        AND "t2"."amount" > 0
                        AND "t2"."quantity" > 0
                        AND "t2"."sku" IS NOT NULL
                        AND "t2"."person_id" IS NOT NULL
                    ) AS "t19"
                    GROUP BY
                      1,
                      2
                  ) AS "t31"
                  INNER JOIN (
                    SELECT
                      "t32"."sku" AS "then_sku",
                      "t32"."month" AS "then_month",
                      "t32"."log_price" AS "then_price"
                    FROM "t29" AS "t32"
                  ) AS "t43"
                    ON "t31"."sku" = "t43"."then_sku" AND "t31"."month" = "t43"."then_month"
                  INNER JOIN (
                    SELECT
                      "t49"."sku" AS "product_sku",
                      "t49"."latest",
                      "t49"."last_number" AS "last_sold",
                      CAST(CASE
                        WHEN CAST(15309 - "t49"."last_number" AS DOUBLE) > GREATEST(
                          (
                            CAST((
                              "t49"."last_number" - "t49"."first_number"
                            ) + 1 AS DOUBLE) / NULLIF(CAST("t49"."lines" AS DOUBLE), 0.0)
                          ) * 10.0,
                          60.0
                        )
                        THEN 1
                        ELSE 0
                      END AS BIGINT) AS "stopped"
                    FROM (
                      SELECT
                        "t46"."sku",
                        MAX("t46"."log_price") FILTER(WHERE
                          "t46"."is_newest") AS "latest",
                        MIN("t46"."first_number") AS "first_number",
                        MAX("t46"."last_number") AS "last_number",
                        SUM("t46"."lines") AS "lines"
                      FROM (
                        SELECT
                          "t32"."sku",
                          "t32"."month",
                          "t32"."log_price",
                          "t32"."first_number",
                          "t32"."last_number",
                          "t32"."lines",
                          "t32"."month" = MAX("t32"."month") OVER (PARTITION BY "t32"."sku" ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS "is_newest"
                        FROM "t29" AS "t32"
                      ) AS "t46"
                      GROUP BY
                        1
                    ) AS "t49"
                  ) AS "t69"
                    ON "t31"."sku" = "t69"."product_sku"
                  INNER JOIN (
                    SELECT
                      "t57"."person_id",
                      "t57"."last_number"
                    FROM "t55" AS "t57"
                  ) AS "t62"
                    ON "t31"."person_id" = "t62"."person_id"
                ) AS "t71"
                GROUP BY
                  1
              ) AS "t80"
                ON "t84"."person_id" = "t80"."person_id"
            ) AS "t85"
          ) AS "t87"
          LEFT OUTER JOIN (
            SELECT
              "t59"."person_id",
              MIN("t59"."peak") AS "only_peak"
            FROM (
              SELECT
                "t50"."person_id",
                "t50"."month",
                "t54"."peak"
              FROM (
                SELECT
                  "t45"."person_id",
                  EXTRACT(month FROM "t45"."day") AS "month"
                FROM "t44" AS "t45"
              ) AS "t50"
              INNER JOIN (
                SELECT
                  "t41"."month",
                  CAST(CASE
                    WHEN (
                      "t41"."pace" >= (
                        "t42"."usual" * 1.25
                      )
                    )
                    AND (
                      "t42"."log_days" >= 365
                    )
                    THEN 1
                    ELSE 0
                  END AS BIGINT) AS "peak"
                FROM (
                  SELECT
                    "t22"."month",
                    CAST(SUM("t22"."orders") AS DOUBLE) / NULLIF(CAST(COUNT(*) AS DOUBLE), 0.0) AS "pace"
                  FROM "t18" AS "t22"
                  GROUP BY
                    1
                ) AS "t41"
                CROSS JOIN (
                  SELECT
                    CAST(SUM("t22"."orders") AS DOUBLE) / NULLIF(CAST(COUNT(*) AS DOUBLE), 0.0) AS "usual",
                    (
                      MAX("t22"."number") - MIN("t22"."number")
                    ) + 1 AS "log_days"
                  FROM "t18" AS "t22"
                ) AS "t42"
              ) AS "t54"
                ON "t50"."month" = "t54"."month"
            ) AS "t59"
            GROUP BY
              1
          ) AS "t66"
            ON "t87"."person_id" = "t66"."person_id"
        ) AS "t88"
      ) AS "t90"
      CROSS JOIN (
        SELECT
          COALESCE(SUM("t1"."return_lines") > 0, FALSE) AS "has_returns",
          COALESCE(
            (
              (
                MAX(
                  CASE
                    WHEN "t1"."is_purchase"
                    THEN DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t1"."day")
                    ELSE CAST(NULL AS BIGINT)
                  END
                ) - MIN(
                  CASE
                    WHEN "t1"."is_purchase"
                    THEN DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t1"."day")
                    ELSE CAST(NULL AS BIGINT)
                  END
                )
              ) + 1
            ) >= 365,
            FALSE
          ) AS "has_year"
        FROM "orders" AS "t1"
      ) AS "t27"
      LEFT OUTER JOIN (
        SELECT
          "t72"."person_id",
          SUM("t72"."weight") FILTER(WHERE
            "t72"."piece" = 'delivery_failed') AS "delivery_failed_sum",
          SUM("t72"."weight") FILTER(WHERE
            "t72"."piece" = 'complaint_unanswered') AS "complaint_unanswered_sum",
          SUM("t72"."weight") FILTER(WHERE
            "t72"."piece" = 'complaint_service') AS "complaint_service_sum",
          SUM("t72"."weight") FILTER(WHERE
            "t72"."piece" = 'complaint_product') AS "complaint_product_sum",
          SUM("t72"."weight") FILTER(WHERE
            "t72"."piece" = 'clerk_left') AS "clerk_left_sum",
          SUM("t72"."weight") FILTER(WHERE
            "t72"."piece" = 'out_of_stock') AS "out_of_stock_sum",
          SUM("t72"."weight") FILTER(WHERE
            "t72"."piece" = 'price_told') AS "price_told_sum",
          SUM("t72"."weight") FILTER(WHERE
            "t72"."piece" = 'rival_opened') AS "rival_opened_sum",
          SUM("t72"."weight") FILTER(WHERE
            "t72"."piece" = 'store_gone') AS "store_gone_sum",
          SUM("t72"."weight") FILTER(WHERE
            "t72"."piece" = 'our_messages') AS "our_messages_sum",
          SUM("t72"."weight") FILTER(WHERE
            "t72"."piece" = 'payment_failed') AS "payment_failed_sum"
        FROM (
          SELECT
            "t68"."person_id",
            'our_messages' AS "piece",
            "t68"."day",
            CAST(NULL AS TEXT) AS "what",
            1.0 AS "weight"
          FROM (
            SELECT
              "t15"."person_id",
              "t15"."day",
              "t60"."last",
              "t60"."store",
              "t60"."region"
            FROM (
              SELECT
                *
              FROM "messages" AS "t0"
              WHERE
                DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t0"."day") <= 15309
            ) AS "t15"
            INNER JOIN (
              SELECT
                "t56".*
                EXCLUDE ("person_id_right")
              FROM (
                SELECT
                  "t52"."person_id",
                  "t52"."last",
                  "t52"."store",
                  "t40"."person_id" AS "person_id_right",
                  "t40"."region"
                FROM (
                  SELECT
                    "t47"."person_id",
                    "t47"."last",
                    "t47"."store"
                  FROM (
                    SELECT
                      "t21"."person_id",
                      "t21"."last",
                      "t39"."person_id" AS "person_id_right",
                      "t39"."store"
                    FROM (
                      SELECT
                        "t5"."person_id",
                        MAX(DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t5"."day")) AS "last"
                      FROM (
                        SELECT
                          *
                        FROM "orders" AS "t1"
                        WHERE
                          "t1"."is_purchase" AND "t1"."person_id" IS NOT NULL
                      ) AS "t5"
                      GROUP BY
                        1
                    ) AS "t21"
                    LEFT OUTER JOIN (
                      SELECT
                        "t25"."person_id",
                        "t25"."store"
                      FROM (
                        SELECT
                          "t13"."person_id",
                          "t13"."store",
                          "t13"."times",
                          ROW_NUMBER() OVER (
                            PARTITION BY "t13"."person_id"
                            ORDER BY "t13"."times" DESC, "t13"."store" ASC
                            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                          ) - 1 AS "place"
                        FROM (
                          SELECT
                            "t7"."person_id",
                            "t7"."store",
                            COUNT(*) AS "times"
                          FROM (
                            SELECT
                              *
                            FROM "orders" AS "t1"
                            WHERE
                              "t1"."is_purchase" AND "t1"."person_id" IS NOT NULL AND "t1"."store" IS NOT NULL
                          ) AS "t7"
                          GROUP BY
                            1,
                            2
                        ) AS "t13"
                      ) AS "t25"
                      WHERE
                        "t25"."place" = 0
                    ) AS "t39"
                      ON "t21"."person_id" = "t39"."person_id"
                  ) AS "t47"
                ) AS "t52"
                LEFT OUTER JOIN (
                  SELECT
                    "t26"."person_id",
                    "t26"."region"
                  FROM (
                    SELECT
                      "t14"."person_id",
                      "t14"."region",
                      "t14"."times",
                      ROW_NUMBER() OVER (
                        PARTITION BY "t14"."person_id"
                        ORDER BY "t14"."times" DESC, "t14"."region" ASC
                        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                      ) - 1 AS "place"
                    FROM (
                      SELECT
                        "t8"."person_id",
                        "t8"."region",
                        COUNT(*) AS "times"
                      FROM (
                        SELECT
                          *
                        FROM "orders" AS "t1"
                        WHERE
                          "t1"."is_purchase" AND "t1"."person_id" IS NOT NULL AND "t1"."region" IS NOT NULL
                      ) AS "t8"
                      GROUP BY
                        1,
                        2
                    ) AS "t14"
                  ) AS "t26"
                  WHERE
                    "t26"."place" = 0
                ) AS "t40"
                  ON "t52"."person_id" = "t40"."person_id"
              ) AS "t56"
            ) AS "t60"
              ON "t15"."person_id" = "t60"."person_id"
          ) AS "t68"
          WHERE
            DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t68"."day") <= (
              "t68"."last" + 30
            )
            AND DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t68"."day") > (
              (
                "t68"."last" + 30
              ) - 90
            )
        ) AS "t72"
        GROUP BY
          1
      ) AS "t77"
        ON "t90"."person_id" = "t77"."person_id"
    ) AS "t91"
  ) AS "t93"
  CROSS JOIN (
    SELECT
      COALESCE(
        SUM(CAST(CASE WHEN "t11"."piece" = 'delivery_failed' THEN 1 ELSE 0 END AS BIGINT)),
        0
      ) AS "delivery_failed_kept",
      COALESCE(
        SUM(
          CAST(CASE WHEN "t11"."piece" = 'complaint_unanswered' THEN 1 ELSE 0 END AS BIGINT)
        ),
        0
      ) AS "complaint_unanswered_kept",
      COALESCE(
        SUM(CAST(CASE WHEN "t11"."piece" = 'complaint_service' THEN 1 ELSE 0 END AS BIGINT)),
        0
      ) AS "complaint_service_kept",
      COALESCE(
        SUM(CAST(CASE WHEN "t11"."piece" = 'complaint_product' THEN 1 ELSE 0 END AS BIGINT)),
        0
      ) AS "complaint_product_kept",
      COALESCE(SUM(CAST(CASE WHEN "t11"."piece" = 'clerk_left' THEN 1 ELSE 0 END AS BIGINT)), 0) AS "clerk_left_kept",
      COALESCE(SUM(CAST(CASE WHEN "t11"."piece" = 'out_of_stock' THEN 1 ELSE 0 END AS BIGINT)), 0) AS "out_of_stock_kept",
      COALESCE(SUM(CAST(CASE WHEN "t11"."piece" = 'price_told' THEN 1 ELSE 0 END AS BIGINT)), 0) AS "price_told_kept",
      COALESCE(SUM(CAST(CASE WHEN "t11"."piece" = 'rival_opened' THEN 1 ELSE 0 END AS BIGINT)), 0) AS "rival_opened_kept",
      COALESCE(SUM(CAST(CASE WHEN "t11"."piece" = 'store_gone' THEN 1 ELSE 0 END AS BIGINT)), 0) AS "store_gone_kept",
      COALESCE(SUM(CAST(CASE WHEN "t11"."piece" = 'our_messages' THEN 1 ELSE 0 END AS BIGINT)), 0) AS "our_messages_kept",
      COALESCE(
        SUM(CAST(CASE WHEN "t11"."piece" = 'payment_failed' THEN 1 ELSE 0 END AS BIGINT)),
        0
      ) AS "payment_failed_kept"
    FROM (
      SELECT
        'our_messages' AS "piece"
      FROM "messages" AS "t0"
      WHERE
        DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t0"."day") <= 15309
    ) AS "t11"
  ) AS "t33"
) AS "t94";
