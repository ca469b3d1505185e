SELECT
  `t3`.`person_id`,
  `t3`.`day`,
  `t3`.`gross`,
  `t3`.`orders`,
  `t3`.`number`,
  `t3`.`number` - NULLIF(
    LAG(`t3`.`number`) OVER (PARTITION BY `t3`.`person_id` ORDER BY `t3`.`number` ASC NULLS LAST),
    0
  ) AS `gap`
FROM (
  SELECT
    `t2`.`person_id`,
    `t2`.`day`,
    `t2`.`gross`,
    `t2`.`orders`,
    DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t2`.`day`) AS `number`
  FROM (
    SELECT
      `t1`.`person_id`,
      `t1`.`day`,
      SUM(`t1`.`amount`) AS `gross`,
      COUNT(*) AS `orders`
    FROM (
      SELECT
        *
      FROM `orders` AS `t0`
      WHERE
        `t0`.`is_purchase` AND `t0`.`person_id` IS NOT NULL
    ) AS `t1`
    GROUP BY
      1,
      2
  ) AS `t2`
) AS `t3`;
