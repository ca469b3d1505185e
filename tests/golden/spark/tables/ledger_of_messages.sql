SELECT
  `t23`.`person_id`,
  'our_messages' AS `piece`,
  `t23`.`day`,
  CAST(NULL AS STRING) AS `what`,
  1.0 AS `weight`
FROM (
  SELECT
    `t6`.`person_id`,
    `t6`.`day`,
    `t22`.`last`,
    `t22`.`store`,
    `t22`.`region`
  FROM (
    SELECT
      *
    FROM `messages` AS `t0`
    WHERE
      DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t0`.`day`) <= 15309
  ) AS `t6`
  INNER JOIN (
    SELECT
      `t20`.`person_id`,
      `t20`.`last`,
      `t20`.`store`,
      `t20`.`region`
    FROM (
      SELECT
        `t19`.`person_id`,
        `t19`.`last`,
        `t19`.`store`,
        `t16`.`person_id` AS `person_id_right`,
        `t16`.`region`
      FROM (
        SELECT
          `t17`.`person_id`,
          `t17`.`last`,
          `t17`.`store`
        FROM (
          SELECT
            `t10`.`person_id`,
            `t10`.`last`,
            `t15`.`person_id` AS `person_id_right`,
            `t15`.`store`
          FROM (
            SELECT
              `t2`.`person_id`,
              MAX(DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t2`.`day`)) AS `last`
            FROM (
              SELECT
                *
              FROM `orders` AS `t1`
              WHERE
                `t1`.`is_purchase` AND `t1`.`person_id` IS NOT NULL
            ) AS `t2`
            GROUP BY
              1
          ) AS `t10`
          LEFT OUTER JOIN (
            SELECT
              `t11`.`person_id`,
              `t11`.`store`
            FROM (
              SELECT
                `t7`.`person_id`,
                `t7`.`store`,
                `t7`.`times`,
                ROW_NUMBER() OVER (
                  PARTITION BY `t7`.`person_id`
                  ORDER BY `t7`.`times` DESC, `t7`.`store` ASC NULLS LAST
                ) - 1 AS `place`
              FROM (
                SELECT
                  `t3`.`person_id`,
                  `t3`.`store`,
                  COUNT(*) AS `times`
                FROM (
                  SELECT
                    *
                  FROM `orders` AS `t1`
                  WHERE
                    `t1`.`is_purchase` AND `t1`.`person_id` IS NOT NULL AND `t1`.`store` IS NOT NULL
                ) AS `t3`
                GROUP BY
                  1,
                  2
              ) AS `t7`
            ) AS `t11`
            WHERE
              `t11`.`place` = 0
          ) AS `t15`
            ON `t10`.`person_id` = `t15`.`person_id`
        ) AS `t17`
      ) AS `t19`
      LEFT OUTER JOIN (
        SELECT
          `t12`.`person_id`,
          `t12`.`region`
        FROM (
          SELECT
            `t8`.`person_id`,
            `t8`.`region`,
            `t8`.`times`,
            ROW_NUMBER() OVER (
              PARTITION BY `t8`.`person_id`
              ORDER BY `t8`.`times` DESC, `t8`.`region` ASC NULLS LAST
            ) - 1 AS `place`
          FROM (
            SELECT
              `t4`.`person_id`,
              `t4`.`region`,
              COUNT(*) AS `times`
            FROM (
              SELECT
                *
              FROM `orders` AS `t1`
              WHERE
                `t1`.`is_purchase` AND `t1`.`person_id` IS NOT NULL AND `t1`.`region` IS NOT NULL
            ) AS `t4`
            GROUP BY
              1,
              2
          ) AS `t8`
        ) AS `t12`
        WHERE
          `t12`.`place` = 0
      ) AS `t16`
        ON `t19`.`person_id` = `t16`.`person_id`
    ) AS `t20`
  ) AS `t22`
    ON `t6`.`person_id` = `t22`.`person_id`
) AS `t23`
WHERE
  DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t23`.`day`) <= (
    `t23`.`last` + 30
  )
  AND DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t23`.`day`) > (
    (
      `t23`.`last` + 30
    ) - 90
  );
