SELECT
  `t7`.`person_id`,
  SUM(`t7`.`profit`) AS `profit`
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
    `t6`.`rate`,
    `t6`.`told`,
    `t6`.`earned` + CAST(FLOOR((
      CAST(`t6`.`uncosted` AS DOUBLE) * `t6`.`rate`
    ) + 0.5) AS BIGINT) AS `profit`
  FROM (
    SELECT
      `t3`.`source`,
      `t3`.`order_id`,
      `t3`.`person_id`,
      `t3`.`ordered_at`,
      `t3`.`day`,
      `t3`.`last_day`,
      `t3`.`last_at`,
      `t3`.`lines`,
      `t3`.`returned`,
      `t3`.`return_lines`,
      `t3`.`amount`,
      `t3`.`costed`,
      `t3`.`earned`,
      `t3`.`uncosted`,
      `t3`.`store`,
      `t3`.`channel`,
      `t3`.`region`,
      `t3`.`campaign`,
      `t3`.`is_purchase`,
      `t5`.`rate`,
      `t5`.`told`
    FROM (
      SELECT
        *
      FROM `orders` AS `t0`
      WHERE
        `t0`.`person_id` IS NOT NULL
    ) AS `t3`
    CROSS JOIN (
      SELECT
        COALESCE(
          IF(
            `t2`.`costed` > 0,
            CAST(`t2`.`earned` AS DOUBLE) / NULLIF(CAST(`t2`.`costed` AS DOUBLE), 0.0),
            CAST(NULL AS DOUBLE)
          ),
          0.2
        ) AS `rate`,
        IF(
          `t2`.`costed` > 0,
          CAST(`t2`.`earned` AS DOUBLE) / NULLIF(CAST(`t2`.`costed` AS DOUBLE), 0.0),
          CAST(NULL AS DOUBLE)
        ) IS NOT NULL
        AND NOT ISNAN(
          IF(
            `t2`.`costed` > 0,
            CAST(`t2`.`earned` AS DOUBLE) / NULLIF(CAST(`t2`.`costed` AS DOUBLE), 0.0),
            CAST(NULL AS DOUBLE)
          )
        ) AS `told`
      FROM (
        SELECT
          SUM(`t0`.`costed`) AS `costed`,
          SUM(`t0`.`earned`) AS `earned`
        FROM `orders` AS `t0`
      ) AS `t2`
    ) AS `t5`
  ) AS `t6`
  WHERE
    DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t6`.`day`) >= 15218
    AND DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t6`.`day`) < 15308
) AS `t7`
GROUP BY
  1;
