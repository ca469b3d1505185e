SELECT
  SUM(CAST(IF(`t1`.`person_id` IS NULL, 1, 0) AS BIGINT)) AS `value`,
  SUM(CAST(IF(`t1`.`person_id` IS NULL, 1, 0) AS BIGINT)) AS `people`
FROM (
  SELECT
    *
  FROM `lines` AS `t0`
  WHERE
    `t0`.`ordered_at` < CAST('2011-12-01T00:00:00' AS TIMESTAMP)
) AS `t1`;
