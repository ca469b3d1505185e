SELECT
  MAKE_DATE(CAST(FLOOR(`t10`.`cohort` / 12) AS BIGINT), (
    `t10`.`cohort` % 12
  ) + 1, 1) AS `month`,
  `t10`.`k`,
  `t10`.`size`,
  `t10`.`active`,
  CAST(`t10`.`active` AS DOUBLE) / NULLIF(CAST(`t10`.`size` AS DOUBLE), 0.0) AS `retention`,
  `t10`.`orders`,
  `t10`.`revenue`,
  `t10`.`earned` + CAST(FLOOR((
    CAST(`t10`.`uncosted` AS DOUBLE) * `t4`.`rate`
  ) + 0.5) AS BIGINT) AS `profit`,
  (
    `t10`.`cohort` + `t10`.`k`
  ) < 24143 AS `complete`
FROM (
  SELECT
    `t8`.`cohort`,
    `t8`.`k`,
    `t8`.`active`,
    `t8`.`orders`,
    `t8`.`revenue`,
    `t8`.`earned`,
    `t8`.`uncosted`,
    MAX(IF(`t8`.`k` = 0, `t8`.`active`, NULL)) OVER (
      PARTITION BY `t8`.`cohort`
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS `size`
  FROM (
    SELECT
      `t7`.`cohort`,
      `t7`.`k`,
      SUM(CAST(IF(`t7`.`orders` > 0, 1, 0) AS BIGINT)) AS `active`,
      SUM(`t7`.`orders`) AS `orders`,
      SUM(`t7`.`revenue`) AS `revenue`,
      SUM(`t7`.`earned`) AS `earned`,
      SUM(`t7`.`uncosted`) AS `uncosted`
    FROM (
      SELECT
        `t6`.`person_id`,
        `t6`.`number`,
        `t6`.`orders`,
        `t6`.`revenue`,
        `t6`.`earned`,
        `t6`.`uncosted`,
        `t6`.`cohort`,
        `t6`.`number` - `t6`.`cohort` AS `k`
      FROM (
        SELECT
          `t5`.`person_id`,
          `t5`.`number`,
          `t5`.`orders`,
          `t5`.`revenue`,
          `t5`.`earned`,
          `t5`.`uncosted`,
          MIN(IF(`t5`.`orders` > 0, `t5`.`number`, NULL)) OVER (
            PARTITION BY `t5`.`person_id`
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
          ) AS `cohort`
        FROM (
          SELECT
            `t2`.`person_id`,
            `t2`.`number`,
            SUM(CAST(IF(`t2`.`is_purchase`, 1, 0) AS BIGINT)) AS `orders`,
            SUM(`t2`.`amount`) AS `revenue`,
            SUM(`t2`.`earned`) AS `earned`,
            SUM(`t2`.`uncosted`) AS `uncosted`
          FROM (
            SELECT
              `t0`.`source`,
              `t0`.`order_id`,
              `t0`.`person_id`,
              `t0`.`ordered_at`,
              `t0`.`day`,
              `t0`.`last_day`,
              `t0`.`last_at`,
              `t0`.`lines`,
              `t0`.`returned`,
              `t0`.`return_lines`,
              `t0`.`amount`,
              `t0`.`costed`,
              `t0`.`earned`,
              `t0`.`uncosted`,
              `t0`.`store`,
              `t0`.`channel`,
              `t0`.`region`,
              `t0`.`campaign`,
              `t0`.`is_purchase`,
              (
                (
                  CAST(EXTRACT(year FROM `t0`.`day`) AS BIGINT) * 12
                ) + CAST(EXTRACT(month FROM `t0`.`day`) AS BIGINT)
              ) - 1 AS `number`
            FROM `orders` AS `t0`
            WHERE
              `t0`.`person_id` IS NOT NULL
          ) AS `t2`
          GROUP BY
            1,
            2
        ) AS `t5`
      ) AS `t6`
      WHERE
        `t6`.`cohort` IS NOT NULL AND (
          `t6`.`number` - `t6`.`cohort`
        ) >= 0
    ) AS `t7`
    GROUP BY
      1,
      2
  ) AS `t8`
) AS `t10`
CROSS JOIN (
  SELECT
    COALESCE(
      IF(
        `t1`.`costed` > 0,
        CAST(`t1`.`earned` AS DOUBLE) / NULLIF(CAST(`t1`.`costed` AS DOUBLE), 0.0),
        CAST(NULL AS DOUBLE)
      ),
      0.2
    ) AS `rate`,
    IF(
      `t1`.`costed` > 0,
      CAST(`t1`.`earned` AS DOUBLE) / NULLIF(CAST(`t1`.`costed` AS DOUBLE), 0.0),
      CAST(NULL AS DOUBLE)
    ) IS NOT NULL
    AND NOT ISNAN(
      IF(
        `t1`.`costed` > 0,
        CAST(`t1`.`earned` AS DOUBLE) / NULLIF(CAST(`t1`.`costed` AS DOUBLE), 0.0),
        CAST(NULL AS DOUBLE)
      )
    ) AS `told`
  FROM (
    SELECT
      SUM(`t0`.`costed`) AS `costed`,
      SUM(`t0`.`earned`) AS `earned`
    FROM `orders` AS `t0`
  ) AS `t1`
) AS `t4`;
