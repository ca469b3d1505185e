SELECT
  CAST(SUM(CAST(IF(`t0`.`how` = 'none', 1, 0) AS BIGINT)) AS DOUBLE) AS `value`,
  SUM(CAST(IF(`t0`.`how` = 'none', 1, 0) AS BIGINT)) AS `people`
FROM `matched` AS `t0`;
