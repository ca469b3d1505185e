SELECT
  "t2"."person_id",
  "t2"."first"."ordered_at" AS "ordered_at",
  "t2"."first"."source" AS "source",
  "t2"."first"."order_id" AS "order_id",
  "t2"."first"."day" AS "day",
  "t2"."first"."last_day" AS "last_day",
  "t2"."first"."lines" AS "lines",
  "t2"."first"."amount" AS "amount",
  "t2"."first"."returned" AS "returned",
  "t2"."first"."return_lines" AS "return_lines",
  "t2"."first"."costed" AS "costed",
  "t2"."first"."earned" AS "earned",
  "t2"."first"."uncosted" AS "uncosted",
  "t2"."first"."store" AS "store",
  "t2"."first"."channel" AS "channel",
  "t2"."first"."region" AS "region",
  "t2"."first"."campaign" AS "campaign",
  DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t2"."first"."day") AS "first_number",
  (
    (
      CAST(EXTRACT(year FROM "t2"."first"."day") AS BIGINT) * 12
    ) + CAST(EXTRACT(month FROM "t2"."first"."day") AS BIGINT)
  ) - 1 AS "month",
  COALESCE("t2"."first"."campaign", "t2"."first"."channel") AS "acquisition"
FROM (
  SELECT
    "t1"."person_id",
    MIN(
      {'ordered_at': "t1"."ordered_at", 'source': "t1"."source", 'order_id': "t1"."order_id", 'day': "t1"."day", 'last_day': "t1"."last_day", 'lines': "t1"."lines", 'amount': "t1"."amount", 'returned': "t1"."returned", 'return_lines': "t1"."return_lines", 'costed': "t1"."costed", 'earned': "t1"."earned", 'uncosted': "t1"."uncosted", 'store': "t1"."store", 'channel': "t1"."channel", 'region': "t1"."region", 'campaign': "t1"."campaign"}
    ) AS "first"
  FROM (
    SELECT
      *
    FROM "orders" AS "t0"
    WHERE
      "t0"."is_purchase" AND "t0"."person_id" IS NOT NULL
  ) AS "t1"
  GROUP BY
    1
) AS "t2";
