SELECT
  `t7`.`stretch`,
  SUM(`t7`.`amount`) AS `revenue`,
  SUM(CAST(IF(`t7`.`is_purchase`, 1, 0) AS BIGINT)) AS `orders`,
  COUNT(DISTINCT IF(`t7`.`is_purchase`, `t7`.`person_id`, NULL)) AS `buyers`,
  COUNT(
    DISTINCT IF(
      `t7`.`is_purchase`
      AND (
        `t7`.`first_day` > CASE WHEN `t7`.`stretch` = 1 THEN MAKE_DATE(2011, 9, 1) ELSE NULL END
      ),
      `t7`.`person_id`,
      NULL
    )
  ) AS `newcomers`
FROM (
  SELECT
    `t6`.`source`,
    `t6`.`order_id`,
    `t6`.`person_id`,
    `t6`.`ordered_at`,
    `t6`.`day`,
    `t6`.`last_day`,
    `t6`.`last_at`,
    `t6`.`lines`,
    `t6`.`returned`,
    `t6`.`return_lines`,
    `t6`.`amount`,
    `t6`.`costed`,
    `t6`.`earned`,
    `t6`.`uncosted`,
    `t6`.`store`,
    `t6`.`channel`,
    `t6`.`region`,
    `t6`.`campaign`,
    `t6`.`is_purchase`,
    `t6`.`first_day`,
    CASE WHEN `t6`.`day` <= MAKE_DATE(2011, 11, 30) THEN 1 ELSE NULL END AS `stretch`
  FROM (
    SELECT
      `t5`.`source`,
      `t5`.`order_id`,
      `t5`.`person_id`,
      `t5`.`ordered_at`,
      `t5`.`day`,
      `t5`.`last_day`,
      `t5`.`last_at`,
      `t5`.`lines`,
      `t5`.`returned`,
      `t5`.`return_lines`,
      `t5`.`amount`,
      `t5`.`costed`,
      `t5`.`earned`,
      `t5`.`uncosted`,
      `t5`.`store`,
      `t5`.`channel`,
      `t5`.`region`,
      `t5`.`campaign`,
      `t5`.`is_purchase`,
      `t5`.`first_day`
    FROM (
      SELECT
        `t1`.`source`,
        `t1`.`order_id`,
        `t1`.`person_id`,
        `t1`.`ordered_at`,
        `t1`.`day`,
        `t1`.`last_day`,
        `t1`.`last_at`,
        `t1`.`lines`,
        `t1`.`returned`,
        `t1`.`return_lines`,
        `t1`.`amount`,
        `t1`.`costed`,
        `t1`.`earned`,
        `t1`.`uncosted`,
        `t1`.`store`,
        `t1`.`channel`,
        `t1`.`region`,
        `t1`.`campaign`,
        `t1`.`is_purchase`,
        `t4`.`person_id` AS `person_id_right`,
        `t4`.`first_day`
      FROM `orders` AS `t1`
      LEFT OUTER JOIN (
        SELECT
          `t2`.`person_id`,
          MIN(`t2`.`day`) AS `first_day`
        FROM (
          SELECT
            *
          FROM `orders` AS `t0`
          WHERE
            `t0`.`is_purchase` AND `t0`.`person_id` IS NOT NULL
        ) AS `t2`
        GROUP BY
          1
      ) AS `t4`
        ON `t1`.`person_id` = `t4`.`person_id`
    ) AS `t5`
  ) AS `t6`
  WHERE
    `t6`.`day` > MAKE_DATE(2011, 9, 1) AND `t6`.`day` <= MAKE_DATE(2011, 11, 30)
) AS `t7`
GROUP BY
  1;
