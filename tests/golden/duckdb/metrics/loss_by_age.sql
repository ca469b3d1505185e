WITH "t4" AS (
  SELECT
    *
  FROM "earlier_stages" AS "t1"
  WHERE
    "t1"."at" <= MAKE_DATE(2011, 12, 1)
)
SELECT
  "t20"."start",
  "t20"."end",
  "t20"."age",
  "t20"."people",
  "t20"."lost",
  CAST("t20"."lost" AS DOUBLE) / NULLIF(CAST("t20"."people" AS DOUBLE), 0.0) AS "share",
  "t20"."value"
FROM (
  SELECT
    "t19"."start",
    "t19"."end",
    "t19"."age",
    COUNT(*) AS "people",
    SUM("t19"."gone") AS "lost",
    SUM(CASE WHEN "t19"."gone" = 1 THEN COALESCE("t19"."value", 0) ELSE 0 END) AS "value"
  FROM (
    SELECT
      "t18"."person_id",
      "t18"."start",
      "t18"."end",
      "t18"."before",
      "t18"."after",
      "t18"."value",
      "t18"."whose",
      "t18"."since",
      CASE
        WHEN (
          DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t18"."start") - "t18"."since"
        ) < 30
        THEN '0-1m'
        WHEN (
          DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t18"."start") - "t18"."since"
        ) < 91
        THEN '1-3m'
        WHEN (
          DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t18"."start") - "t18"."since"
        ) < 183
        THEN '3-6m'
        WHEN (
          DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t18"."start") - "t18"."since"
        ) < 365
        THEN '6-12m'
        WHEN (
          DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t18"."start") - "t18"."since"
        ) < 731
        THEN '1-2y'
        WHEN (
          DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t18"."start") - "t18"."since"
        ) < 1096
        THEN '2-3y'
        ELSE '3y+'
      END AS "age",
      CAST(CASE WHEN "t18"."after" = 'lost' THEN 1 ELSE 0 END AS BIGINT) AS "gone"
    FROM (
      SELECT
        "t17"."person_id",
        "t17"."start",
        "t17"."end",
        "t17"."before",
        "t17"."after",
        "t17"."value",
        "t5"."whose",
        "t5"."since"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t14"."person_id",
            "t14"."start",
            "t14"."end",
            COALESCE("t6"."before", 'not_yet') AS "before",
            "t14"."stage" AS "after",
            "t14"."value"
          FROM (
            SELECT
              *
            FROM (
              SELECT
                "t8"."person_id",
                "t8"."at",
                "t8"."stage",
                "t8"."p_buy",
                "t8"."value",
                "t11"."end",
                "t11"."start"
              FROM "t4" AS "t8"
              INNER JOIN (
                SELECT
                  "t9"."at" AS "end",
                  NULLIF(
                    LAG("t9"."at") OVER (ORDER BY "t9"."at" ASC ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING),
                    MAKE_DATE(1970, 1, 1)
                  ) AS "start"
                FROM (
                  SELECT
                    "t7"."at",
                    COUNT(*) AS "people"
                  FROM "t4" AS "t7"
                  GROUP BY
                    1
                ) AS "t9"
              ) AS "t11"
                ON "t8"."at" = "t11"."end"
            ) AS "t12"
            WHERE
              "t12"."start" IS NOT NULL
          ) AS "t14"
          LEFT OUTER JOIN (
            SELECT
              "t1"."person_id" AS "then_person",
              "t1"."at" AS "then_at",
              "t1"."stage" AS "before"
            FROM "earlier_stages" AS "t1"
            WHERE
              "t1"."at" <= MAKE_DATE(2011, 12, 1)
          ) AS "t6"
            ON "t14"."person_id" = "t6"."then_person" AND "t14"."start" = "t6"."then_at"
        ) AS "t15"
        WHERE
          "t15"."before" <> 'lost' AND "t15"."before" <> 'not_yet'
      ) AS "t17"
      INNER JOIN (
        SELECT
          "t0"."person_id" AS "whose",
          "t0"."first_number" AS "since"
        FROM "accounts" AS "t0"
        WHERE
          "t0"."purchase_days" > 0
      ) AS "t5"
        ON "t17"."person_id" = "t5"."whose"
    ) AS "t18"
  ) AS "t19"
  GROUP BY
    1,
    2,
    3
) AS "t20";
