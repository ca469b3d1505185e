WITH "t2" AS (
  SELECT
    *
  FROM "earlier_stages" AS "t0"
  WHERE
    "t0"."at" <= MAKE_DATE(2011, 12, 1)
)
SELECT
  "t14"."start",
  "t14"."end",
  "t14"."before",
  "t14"."people",
  "t14"."lost",
  CAST("t14"."lost" AS DOUBLE) / NULLIF(CAST("t14"."people" AS DOUBLE), 0.0) AS "share",
  "t14"."value"
FROM (
  SELECT
    "t13"."start",
    "t13"."end",
    "t13"."before",
    COUNT(*) AS "people",
    SUM("t13"."gone") AS "lost",
    SUM(CASE WHEN "t13"."gone" = 1 THEN COALESCE("t13"."value", 0) ELSE 0 END) AS "value"
  FROM (
    SELECT
      "t12"."person_id",
      "t12"."start",
      "t12"."end",
      "t12"."before",
      "t12"."after",
      "t12"."value",
      CAST(CASE WHEN "t12"."after" = 'lost' THEN 1 ELSE 0 END AS BIGINT) AS "gone"
    FROM (
      SELECT
        "t11"."person_id",
        "t11"."start",
        "t11"."end",
        COALESCE("t3"."before", 'not_yet') AS "before",
        "t11"."stage" AS "after",
        "t11"."value"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t5"."person_id",
            "t5"."at",
            "t5"."stage",
            "t5"."p_buy",
            "t5"."value",
            "t8"."end",
            "t8"."start"
          FROM "t2" AS "t5"
          INNER JOIN (
            SELECT
              "t6"."at" AS "end",
              NULLIF(
                LAG("t6"."at") OVER (ORDER BY "t6"."at" ASC ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING),
                MAKE_DATE(1970, 1, 1)
              ) AS "start"
            FROM (
              SELECT
                "t4"."at",
                COUNT(*) AS "people"
              FROM "t2" AS "t4"
              GROUP BY
                1
            ) AS "t6"
          ) AS "t8"
            ON "t5"."at" = "t8"."end"
        ) AS "t9"
        WHERE
          "t9"."start" IS NOT NULL
      ) AS "t11"
      LEFT OUTER JOIN (
        SELECT
          "t0"."person_id" AS "then_person",
          "t0"."at" AS "then_at",
          "t0"."stage" AS "before"
        FROM "earlier_stages" AS "t0"
        WHERE
          "t0"."at" <= MAKE_DATE(2011, 12, 1)
      ) AS "t3"
        ON "t11"."person_id" = "t3"."then_person" AND "t11"."start" = "t3"."then_at"
    ) AS "t12"
    WHERE
      "t12"."before" <> 'lost' AND "t12"."before" <> 'not_yet'
  ) AS "t13"
  GROUP BY
    1,
    2,
    3
) AS "t14";
