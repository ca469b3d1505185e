SELECT
  COUNT(*) AS `value`,
  COUNT(*) AS `people`
FROM (
  SELECT
    *
  FROM `orders` AS `t0`
  WHERE
    `t0`.`is_purchase` AND `t0`.`person_id` IS NOT NULL
) AS `t1`;
