SELECT
  *
FROM (
  SELECT
    `t8`.`person_id`,
    COUNT(*) AS `days`
  FROM (
    SELECT
      `t7`.`person_id`,
      `t7`.`day`,
      COUNT(*) AS `orders`
    FROM (
      SELECT
        *
      FROM (
        SELECT
          *
        FROM (
          SELECT
            *
          FROM `orders` AS `t0`
          WHERE
            `t0`.`last_at` < CAST('2011-11-30T16:00:00' AS TIMESTAMP)
        ) AS `t2`
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            `t4`.`source`,
            `t4`.`order_id`,
            `t4`.`person_id`,
            `t4`.`ordered_at`,
            `t4`.`day`,
            `t4`.`last_day`,
            `t4`.`last_at`,
            `t4`.`lines`,
            `t4`.`returned`,
            `t4`.`return_lines`,
            `t4`.`amount`,
            `t4`.`costed`,
            `t4`.`earned`,
            `t4`.`uncosted`,
            `t4`.`store`,
            `t4`.`channel`,
            `t4`.`region`,
            `t4`.`campaign`,
            (
              `t4`.`return_lines` = 0
            ) AND (
              `t4`.`amount` > 0
            ) AS `is_purchase`
          FROM (
            SELECT
              `t3`.`source`,
              `t3`.`order_id`,
              MAX(`t3`.`person_id`) AS `person_id`,
              MIN(`t3`.`ordered_at`) AS `ordered_at`,
              MIN(`t3`.`day`) AS `day`,
              MAX(`t3`.`day`) AS `last_day`,
              MAX(`t3`.`ordered_at`) AS `last_at`,
              COUNT(*) AS `lines`,
              SUM(IF(`t3`.`is_return`, -(
                `t3`.`amount`
              ), 0)) AS `returned`,
              SUM(CAST(IF(`t3`.`is_return`, 1, 0) AS BIGINT)) AS `return_lines`,
              SUM(`t3`.`amount`) AS `amount`,
              SUM(`t3`.`costed`) AS `costed`,
              SUM(`t3`.`earned`) AS `earned`,
              SUM(`t3`.`uncosted`) AS `uncosted`,
              MAX(`t3`.`store`) AS `store`,
              MAX(`t3`.`channel`) AS `channel`,
              MAX(`t3`.`region`) AS `region`,
              MAX(`t3`.`campaign`) AS `campaign`
            FROM (
              SELECT
                *
              FROM `parted` AS `t1`
              WHERE
                `t1`.`begun` < CAST('2011-11-30T16:00:00' AS TIMESTAMP)
                AND `t1`.`ended` >= CAST('2011-11-30T16:00:00' AS TIMESTAMP)
                AND `t1`.`ordered_at` < CAST('2011-11-30T16:00:00' AS TIMESTAMP)
            ) AS `t3`
            GROUP BY
              1,
              2
          ) AS `t4`
        ) AS `t5`
      ) AS `t6`
      WHERE
        `t6`.`is_purchase`
        AND `t6`.`day` > MAKE_DATE(2011, 9, 1)
        AND `t6`.`person_id` IS NOT NULL
    ) AS `t7`
    GROUP BY
      1,
      2
  ) AS `t8`
  GROUP BY
    1
) AS `t9`;
