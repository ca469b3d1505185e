SELECT
  "t13"."person_id",
  MAKE_DATE(2011, 11, 30) AS "at",
  CASE
    WHEN "t13"."p_buy" < 0.3
    THEN 'lost'
    WHEN CAST(15308 - DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t13"."last_day") AS DOUBLE) > GREATEST(
      "t13"."typical_gap" * (
        CASE
          WHEN CASE
            WHEN (
              (
                (
                  CAST("t13"."x" - 1 AS DOUBLE) * COALESCE("t13"."gap_sd" / "t13"."gap_mean", 1.0)
                ) + 2.0
              ) / (
                CAST("t13"."x" - 1 AS DOUBLE) + 2.0
              )
            ) IS NULL
            THEN (
              (
                CAST("t13"."x" - 1 AS DOUBLE) * COALESCE("t13"."gap_sd" / "t13"."gap_mean", 1.0)
              ) + 2.0
            ) / (
              CAST("t13"."x" - 1 AS DOUBLE) + 2.0
            )
            ELSE LEAST(
              1.5,
              (
                (
                  CAST("t13"."x" - 1 AS DOUBLE) * COALESCE("t13"."gap_sd" / "t13"."gap_mean", 1.0)
                ) + 2.0
              ) / (
                CAST("t13"."x" - 1 AS DOUBLE) + 2.0
              )
            )
          END IS NULL
          THEN CASE
            WHEN (
              (
                (
                  CAST("t13"."x" - 1 AS DOUBLE) * COALESCE("t13"."gap_sd" / "t13"."gap_mean", 1.0)
                ) + 2.0
              ) / (
                CAST("t13"."x" - 1 AS DOUBLE) + 2.0
              )
            ) IS NULL
            THEN (
              (
                CAST("t13"."x" - 1 AS DOUBLE) * COALESCE("t13"."gap_sd" / "t13"."gap_mean", 1.0)
              ) + 2.0
            ) / (
              CAST("t13"."x" - 1 AS DOUBLE) + 2.0
            )
            ELSE LEAST(
              1.5,
              (
                (
                  CAST("t13"."x" - 1 AS DOUBLE) * COALESCE("t13"."gap_sd" / "t13"."gap_mean", 1.0)
                ) + 2.0
              ) / (
                CAST("t13"."x" - 1 AS DOUBLE) + 2.0
              )
            )
          END
          ELSE GREATEST(
            0.25,
            CASE
              WHEN (
                (
                  (
                    CAST("t13"."x" - 1 AS DOUBLE) * COALESCE("t13"."gap_sd" / "t13"."gap_mean", 1.0)
                  ) + 2.0
                ) / (
                  CAST("t13"."x" - 1 AS DOUBLE) + 2.0
                )
              ) IS NULL
              THEN (
                (
                  CAST("t13"."x" - 1 AS DOUBLE) * COALESCE("t13"."gap_sd" / "t13"."gap_mean", 1.0)
                ) + 2.0
              ) / (
                CAST("t13"."x" - 1 AS DOUBLE) + 2.0
              )
              ELSE LEAST(
                1.5,
                (
                  (
                    CAST("t13"."x" - 1 AS DOUBLE) * COALESCE("t13"."gap_sd" / "t13"."gap_mean", 1.0)
                  ) + 2.0
                ) / (
                  CAST("t13"."x" - 1 AS DOUBLE) + 2.0
                )
              )
            END
          )
        END + 1.0
      ),
      7.0
    )
    THEN 'slipping'
    WHEN COALESCE(
      (
        DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t13"."back_day") > 15218
      )
      AND (
        "t13"."absence" >= 90
      )
      AND (
        CAST("t13"."absence" AS DOUBLE) > (
          (
            (
              CAST("t13"."t_x" - "t13"."absence" AS DOUBLE) + (
                (
                  (
                    (
                      "t13"."typical_gap" * (
                        CAST("t13"."x" AS DOUBLE) + 2.0
                      )
                    ) - "t13"."t_x"
                  ) / 2.0
                ) * 2.0
              )
            ) / (
              CAST("t13"."x" - 1 AS DOUBLE) + 2.0
            )
          ) * 3.0
        )
      ),
      FALSE
    )
    OR COALESCE(
      DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t13"."last_day") > "t13"."lost_number",
      FALSE
    )
    THEN 'returned'
    WHEN "t13"."purchase_days" = 1
    THEN 'new'
    WHEN "t13"."purchase_days" >= 4
    THEN 'loyal'
    ELSE 'active'
  END AS "stage",
  "t13"."p_buy",
  "t13"."value"
FROM (
  SELECT
    "t12".*
    EXCLUDE ("person_id_right")
  FROM (
    SELECT
      "t11"."person_id",
      "t11"."key",
      "t11"."name",
      "t11"."first_day",
      "t11"."last_day",
      "t11"."last_seen_day",
      "t11"."orders",
      "t11"."purchase_days",
      "t11"."x",
      "t11"."t_x",
      "t11"."T",
      "t11"."revenue",
      "t11"."gross",
      "t11"."returned",
      "t11"."return_lines",
      "t11"."profit",
      "t11"."spend_mean",
      "t11"."spend_log_sd",
      "t11"."margin_rate",
      "t11"."gap_mean",
      "t11"."gap_sd",
      "t11"."typical_gap",
      "t11"."last_gap",
      "t11"."absence",
      "t11"."back_day",
      "t11"."bought_month",
      "t11"."bought_month_before",
      "t11"."bought_lately",
      "t11"."bought_before",
      "t11"."bought_long_before",
      "t11"."left_censored",
      "t11"."store",
      "t11"."channel",
      "t11"."region",
      "t11"."has_phone",
      "t11"."has_email",
      "t11"."p_buy",
      "t11"."value",
      "t10"."person_id" AS "person_id_right",
      "t10"."lost_number"
    FROM (
      SELECT
        "t7".*
        EXCLUDE ("person_id_right")
      FROM (
        SELECT
          "t3"."person_id",
          "t3"."key",
          "t3"."name",
          "t3"."first_day",
          "t3"."last_day",
          "t3"."last_seen_day",
          "t3"."orders",
          "t3"."purchase_days",
          "t3"."x",
          "t3"."t_x",
          "t3"."T",
          "t3"."revenue",
          "t3"."gross",
          "t3"."returned",
          "t3"."return_lines",
          "t3"."profit",
          "t3"."spend_mean",
          "t3"."spend_log_sd",
          "t3"."margin_rate",
          "t3"."gap_mean",
          "t3"."gap_sd",
          "t3"."typical_gap",
          "t3"."last_gap",
          "t3"."absence",
          "t3"."back_day",
          "t3"."bought_month",
          "t3"."bought_month_before",
          "t3"."bought_lately",
          "t3"."bought_before",
          "t3"."bought_long_before",
          "t3"."left_censored",
          "t3"."store",
          "t3"."channel",
          "t3"."region",
          "t3"."has_phone",
          "t3"."has_email",
          "t5"."person_id" AS "person_id_right",
          "t5"."p_buy",
          "t5"."value"
        FROM "customers" AS "t3"
        LEFT OUTER JOIN (
          SELECT
            *
          FROM "scores" AS "t2"
        ) AS "t5"
          ON "t3"."person_id" = "t5"."person_id"
      ) AS "t7"
    ) AS "t11"
    LEFT OUTER JOIN (
      SELECT
        "t6"."person_id",
        MAX(DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t6"."at")) AS "lost_number"
      FROM (
        SELECT
          *
        FROM "earlier_stages" AS "t1"
        WHERE
          DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t1"."at") >= 15218
          AND DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t1"."at") < 15308
          AND "t1"."stage" = 'lost'
      ) AS "t6"
      GROUP BY
        1
    ) AS "t10"
      ON "t11"."person_id" = "t10"."person_id"
  ) AS "t12"
) AS "t13";
