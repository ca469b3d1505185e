SELECT
  *
FROM (
  SELECT
    `t16`.`cohort`,
    `t16`.`k`,
    SUM(`t16`.`active`) AS `active`,
    SUM(`t16`.`orders`) AS `orders`,
    SUM(`t16`.`revenue`) AS `revenue`,
    SUM(`t16`.`earned`) AS `earned`,
    SUM(`t16`.`uncosted`) AS `uncosted`
  FROM (
    SELECT
      *
    FROM (
      SELECT
        `t14`.`cohort`,
        `t14`.`k`,
        `t14`.`active`,
        `t14`.`orders`,
        0 AS `revenue`,
        0 AS `earned`,
        0 AS `uncosted`
      FROM (
        SELECT
          `t11`.`cohort`,
          `t11`.`k`,
          SUM(
            CAST(IF(
              (
                `t11`.`gap` IS NULL
              )
              OR (
                (
                  (
                    (
                      CAST(EXTRACT(year FROM MAKE_DATE(1970, 1, 1) + CAST(CONCAT(CAST(`t11`.`number` - `t11`.`gap` AS INT), ' days') AS INTERVAL)) AS BIGINT) * 12
                    ) + CAST(EXTRACT(month FROM MAKE_DATE(1970, 1, 1) + CAST(CONCAT(CAST(`t11`.`number` - `t11`.`gap` AS INT), ' days') AS INTERVAL)) AS BIGINT)
                  ) - 1
                ) < (
                  (
                    (
                      CAST(EXTRACT(year FROM `t11`.`day`) AS BIGINT) * 12
                    ) + CAST(EXTRACT(month FROM `t11`.`day`) AS BIGINT)
                  ) - 1
                )
              ),
              1,
              0
            ) AS BIGINT)
          ) AS `active`,
          SUM(`t11`.`orders`) AS `orders`
        FROM (
          SELECT
            *
          FROM (
            SELECT
              `t8`.`person_id`,
              `t8`.`day`,
              `t8`.`gross`,
              `t8`.`orders`,
              `t8`.`number`,
              `t8`.`gap`,
              `t8`.`cohort`,
              `t8`.`person_id_first`,
              (
                (
                  (
                    CAST(EXTRACT(year FROM `t8`.`day`) AS BIGINT) * 12
                  ) + CAST(EXTRACT(month FROM `t8`.`day`) AS BIGINT)
                ) - 1
              ) - `t8`.`cohort` AS `k`
            FROM (
              SELECT
                `t2`.`person_id`,
                `t2`.`day`,
                `t2`.`gross`,
                `t2`.`orders`,
                `t2`.`number`,
                `t2`.`gap`,
                `t6`.`cohort`,
                `t6`.`person_id_first`
              FROM `purchase_days` AS `t2`
              INNER JOIN (
                SELECT
                  (
                    (
                      CAST(EXTRACT(year FROM `t0`.`day`) AS BIGINT) * 12
                    ) + CAST(EXTRACT(month FROM `t0`.`day`) AS BIGINT)
                  ) - 1 AS `cohort`,
                  `t0`.`person_id` AS `person_id_first`
                FROM `purchase_days` AS `t0`
                WHERE
                  `t0`.`gap` IS NULL
              ) AS `t6`
                ON `t2`.`person_id` IS NOT DISTINCT FROM `t6`.`person_id_first`
            ) AS `t8`
          ) AS `t9`
          WHERE
            `t9`.`k` >= 0
        ) AS `t11`
        GROUP BY
          1,
          2
      ) AS `t14`
    ) AS `t15`
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        `t12`.`cohort`,
        `t12`.`k`,
        0 AS `active`,
        0 AS `orders`,
        `t12`.`revenue`,
        `t12`.`earned`,
        `t12`.`uncosted`
      FROM (
        SELECT
          `t10`.`cohort`,
          `t10`.`k`,
          SUM(`t10`.`amount`) AS `revenue`,
          SUM(`t10`.`earned`) AS `earned`,
          SUM(`t10`.`uncosted`) AS `uncosted`
        FROM (
          SELECT
            `t7`.`source`,
            `t7`.`order_id`,
            `t7`.`person_id`,
            `t7`.`ordered_at`,
            `t7`.`day`,
            `t7`.`last_day`,
            `t7`.`last_at`,
            `t7`.`lines`,
            `t7`.`returned`,
            `t7`.`return_lines`,
            `t7`.`amount`,
            `t7`.`costed`,
            `t7`.`earned`,
            `t7`.`uncosted`,
            `t7`.`store`,
            `t7`.`channel`,
            `t7`.`region`,
            `t7`.`campaign`,
            `t7`.`is_purchase`,
            `t7`.`cohort`,
            `t7`.`person_id_first`,
            (
              (
                (
                  CAST(EXTRACT(year FROM `t7`.`day`) AS BIGINT) * 12
                ) + CAST(EXTRACT(month FROM `t7`.`day`) AS BIGINT)
              ) - 1
            ) - `t7`.`cohort` AS `k`
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
              `t4`.`is_purchase`,
              `t6`.`cohort`,
              `t6`.`person_id_first`
            FROM (
              SELECT
                *
              FROM `orders` AS `t1`
              WHERE
                `t1`.`person_id` IS NOT NULL
            ) AS `t4`
            INNER JOIN (
              SELECT
                (
                  (
                    CAST(EXTRACT(year FROM `t0`.`day`) AS BIGINT) * 12
                  ) + CAST(EXTRACT(month FROM `t0`.`day`) AS BIGINT)
                ) - 1 AS `cohort`,
                `t0`.`person_id` AS `person_id_first`
              FROM `purchase_days` AS `t0`
              WHERE
                `t0`.`gap` IS NULL
            ) AS `t6`
              ON `t4`.`person_id` IS NOT DISTINCT FROM `t6`.`person_id_first`
          ) AS `t7`
          WHERE
            (
              (
                (
                  (
                    CAST(EXTRACT(year FROM `t7`.`day`) AS BIGINT) * 12
                  ) + CAST(EXTRACT(month FROM `t7`.`day`) AS BIGINT)
                ) - 1
              ) - `t7`.`cohort`
            ) >= 0
        ) AS `t10`
        GROUP BY
          1,
          2
      ) AS `t12`
    ) AS `t13`
  ) AS `t16`
  GROUP BY
    1,
    2
) AS `t17`;
