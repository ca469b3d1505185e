SELECT
  "t5"."days",
  "t5"."at_risk",
  "t5"."bought",
  "t5"."share"
FROM (
  SELECT
    "t4"."days",
    "t4"."bought",
    "t4"."people",
    "t4"."at_risk",
    "t4"."log_stay",
    "t4"."all_came",
    CASE
      WHEN MAX("t4"."all_came") OVER (ORDER BY "t4"."days" ASC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) = 1
      THEN 1.0
      ELSE 1.0 - EXP(
        SUM("t4"."log_stay") OVER (ORDER BY "t4"."days" ASC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
      )
    END AS "share"
  FROM (
    SELECT
      "t3"."days",
      "t3"."bought",
      "t3"."people",
      "t3"."at_risk",
      LN(
        CASE
          WHEN (
            1.0 - (
              CAST("t3"."bought" AS DOUBLE) / NULLIF(CAST("t3"."at_risk" AS DOUBLE), 0.0)
            )
          ) > 0
          THEN 1.0 - (
            CAST("t3"."bought" AS DOUBLE) / NULLIF(CAST("t3"."at_risk" AS DOUBLE), 0.0)
          )
          ELSE 1.0
        END
      ) AS "log_stay",
      CAST(CASE
        WHEN (
          1.0 - (
            CAST("t3"."bought" AS DOUBLE) / NULLIF(CAST("t3"."at_risk" AS DOUBLE), 0.0)
          )
        ) <= 0
        THEN 1
        ELSE 0
      END AS BIGINT) AS "all_came"
    FROM (
      SELECT
        "t2"."days",
        "t2"."bought",
        "t2"."people",
        SUM("t2"."people") OVER (ORDER BY "t2"."days" DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS "at_risk"
      FROM (
        SELECT
          "t1"."days",
          SUM("t1"."came") AS "bought",
          COUNT(*) AS "people"
        FROM (
          SELECT
            COALESCE("t0"."second_number", 15309) - "t0"."first_number" AS "days",
            CAST(CASE WHEN "t0"."second_number" IS NOT NULL THEN 1 ELSE 0 END AS BIGINT) AS "came"
          FROM "accounts" AS "t0"
          WHERE
            "t0"."purchase_days" > 0
        ) AS "t1"
        GROUP BY
          1
      ) AS "t2"
    ) AS "t3"
  ) AS "t4"
) AS "t5";
