SELECT
  CAST(FLOOR((
    EXP(AVG(LN("t1"."gap_mean"))) * 1000000.0
  ) + 0.5) AS BIGINT) / 1000000.0 AS "value",
  COUNT("t1"."gap_mean") AS "people"
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
) AS "t1";
