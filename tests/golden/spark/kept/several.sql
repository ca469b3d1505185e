SELECT
  *
FROM (
  SELECT
    `t1`.`mark`,
    COUNT(*) AS `lines`
  FROM (
    SELECT
      HASH(`t0`.`order_id`) AS `mark`
    FROM `lines` AS `t0`
    WHERE
      `t0`.`ordered_at` < CAST('2011-12-01T00:00:00' AS TIMESTAMP)
  ) AS `t1`
  GROUP BY
    1
) AS `t2`
WHERE
  `t2`.`lines` > 1;
