SELECT
  *
FROM (
  SELECT
    "t1"."mark",
    COUNT(*) AS "lines"
  FROM (
    SELECT
      CAST(CAST(HASH("t0"."order_id") AS BIT) AS BIGINT) AS "mark"
    FROM "lines" AS "t0"
    WHERE
      "t0"."ordered_at" < MAKE_TIMESTAMP(2011, 12, 1, 0, 0, 0.0)
  ) AS "t1"
  GROUP BY
    1
) AS "t2"
WHERE
  "t2"."lines" > 1;
