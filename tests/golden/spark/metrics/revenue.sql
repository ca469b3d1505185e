SELECT
  SUM(`t1`.`amount`) AS `value`,
  COUNT(*) AS `people`
FROM (
  SELECT
    *
  FROM `lines` AS `t0`
  WHERE
    `t0`.`ordered_at` < CAST('2011-12-01T00:00:00' AS TIMESTAMP)
) AS `t1`;
