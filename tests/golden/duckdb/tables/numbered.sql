SELECT
  "t2"."person_id",
  "t2"."nth",
  "t2"."day"
FROM (
  SELECT
    "t1"."source",
    "t1"."order_id",
    "t1"."person_id",
    "t1"."ordered_at",
    "t1"."day",
    "t1"."last_day",
    "t1"."last_at",
    "t1"."lines",
    "t1"."returned",
    "t1"."return_lines",
    "t1"."amount",
    "t1"."costed",
    "t1"."earned",
    "t1"."uncosted",
    "t1"."store",
    "t1"."channel",
    "t1"."region",
    "t1"."campaign",
    "t1"."is_purchase",
    (
      ROW_NUMBER() OVER (
        PARTITION BY "t1"."person_id"
        ORDER BY "t1"."ordered_at" ASC, "t1"."source" ASC, "t1"."order_id" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ) - 1
    ) + 1 AS "nth"
  FROM (
    SELECT
      *
    FROM "orders" AS "t0"
    WHERE
      "t0"."is_purchase" AND "t0"."person_id" IS NOT NULL
  ) AS "t1"
) AS "t2"
WHERE
  "t2"."day" > MAKE_DATE(2011, 9, 1);
