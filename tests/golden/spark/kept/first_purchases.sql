SELECT
  `t2`.`person_id`,
  `t2`.`first`.`ordered_at` AS `ordered_at`,
  `t2`.`first`.`source` AS `source`,
  `t2`.`first`.`order_id` AS `order_id`,
  `t2`.`first`.`day` AS `day`,
  `t2`.`first`.`last_day` AS `last_day`,
  `t2`.`first`.`lines` AS `lines`,
  `t2`.`first`.`amount` AS `amount`,
  `t2`.`first`.`returned` AS `returned`,
  `t2`.`first`.`return_lines` AS `return_lines`,
  `t2`.`first`.`costed` AS `costed`,
  `t2`.`first`.`earned` AS `earned`,
  `t2`.`first`.`uncosted` AS `uncosted`,
  `t2`.`first`.`store` AS `store`,
  `t2`.`first`.`channel` AS `channel`,
  `t2`.`first`.`region` AS `region`,
  `t2`.`first`.`campaign` AS `campaign`,
  DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t2`.`first`.`day`) AS `first_number`,
  (
    (
      CAST(EXTRACT(year FROM `t2`.`first`.`day`) AS BIGINT) * 12
    ) + CAST(EXTRACT(month FROM `t2`.`first`.`day`) AS BIGINT)
  ) - 1 AS `month`,
  COALESCE(`t2`.`first`.`campaign`, `t2`.`first`.`channel`) AS `acquisition`
FROM (
  SELECT
    `t1`.`person_id`,
    MIN(
      STRUCT(
        `t1`.`ordered_at` AS `ordered_at`,
        `t1`.`source` AS `source`,
        `t1`.`order_id` AS `order_id`,
        `t1`.`day` AS `day`,
        `t1`.`last_day` AS `last_day`,
        `t1`.`lines` AS `lines`,
        `t1`.`amount` AS `amount`,
        `t1`.`returned` AS `returned`,
        `t1`.`return_lines` AS `return_lines`,
        `t1`.`costed` AS `costed`,
        `t1`.`earned` AS `earned`,
        `t1`.`uncosted` AS `uncosted`,
        `t1`.`store` AS `store`,
        `t1`.`channel` AS `channel`,
        `t1`.`region` AS `region`,
        `t1`.`campaign` AS `campaign`
      )
    ) AS `first`
  FROM (
    SELECT
      *
    FROM `orders` AS `t0`
    WHERE
      `t0`.`is_purchase` AND `t0`.`person_id` IS NOT NULL
  ) AS `t1`
  GROUP BY
    1
) AS `t2`;
