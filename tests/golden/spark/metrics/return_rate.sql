SELECT
  CAST(SUM(IF(`t1`.`is_return`, -(
    `t1`.`amount`
  ), 0)) AS DOUBLE) / NULLIF(
    CAST(SUM(IF(`t1`.`is_return` OR (
      `t1`.`amount` < 0
    ), 0, `t1`.`amount`)) AS DOUBLE),
    0.0
  ) AS `value`,
  SUM(CAST(IF(`t1`.`is_return`, 1, 0) AS BIGINT)) AS `people`
FROM (
  SELECT
    *
  FROM `lines` AS `t0`
  WHERE
    `t0`.`ordered_at` < CAST('2011-12-01T00:00:00' AS TIMESTAMP)
    AND `t0`.`is_product`
) AS `t1`;
