WITH `t25` AS (
  SELECT
    `t24`.`person_id`,
    `t24`.`about`,
    `t24`.`received`,
    `t24`.`answered`,
    `t24`.`last`,
    `t24`.`store`,
    `t24`.`region`,
    DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t24`.`received`) AS `first`
  FROM (
    SELECT
      `t9`.`person_id`,
      `t9`.`about`,
      `t9`.`received`,
      `t9`.`answered`,
      `t23`.`last`,
      `t23`.`store`,
      `t23`.`region`
    FROM (
      SELECT
        `t5`.`person_id`,
        `t5`.`about`,
        `t5`.`received`,
        `t5`.`answered`
      FROM (
        SELECT
          *
        FROM `complaints` AS `t0`
        WHERE
          DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t0`.`received`) <= 15309
      ) AS `t5`
    ) AS `t9`
    INNER JOIN (
      SELECT
        `t21`.`person_id`,
        `t21`.`last`,
        `t21`.`store`,
        `t21`.`region`
      FROM (
        SELECT
          `t20`.`person_id`,
          `t20`.`last`,
          `t20`.`store`,
          `t17`.`person_id` AS `person_id_right`,
          `t17`.`region`
        FROM (
          SELECT
            `t18`.`person_id`,
            `t18`.`last`,
            `t18`.`store`
          FROM (
            SELECT
              `t11`.`person_id`,
              `t11`.`last`,
              `t16`.`person_id` AS `person_id_right`,
              `t16`.`store`
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
            ) AS `t11`
            LEFT OUTER JOIN (
              SELECT
                `t12`.`person_id`,
                `t12`.`store`
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
              ) AS `t12`
              WHERE
                `t12`.`place` = 0
            ) AS `t16`
              ON `t11`.`person_id` = `t16`.`person_id`
          ) AS `t18`
        ) AS `t20`
        LEFT OUTER JOIN (
          SELECT
            `t13`.`person_id`,
            `t13`.`region`
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
          ) AS `t13`
          WHERE
            `t13`.`place` = 0
        ) AS `t17`
          ON `t20`.`person_id` = `t17`.`person_id`
      ) AS `t21`
    ) AS `t23`
      ON `t9`.`person_id` = `t23`.`person_id`
  ) AS `t24`
)
SELECT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      `t27`.`person_id`,
      `t27`.`piece`,
      `t27`.`received` AS `day`,
      `t27`.`store` AS `what`,
      1.0 AS `weight`
    FROM (
      SELECT
        `t26`.`person_id`,
        `t26`.`about`,
        `t26`.`received`,
        `t26`.`answered`,
        `t26`.`last`,
        `t26`.`store`,
        `t26`.`region`,
        `t26`.`first`,
        CASE
          WHEN `t26`.`about` = 'delivery'
          THEN 'delivery_failed'
          WHEN `t26`.`about` = 'service'
          THEN 'complaint_service'
          WHEN `t26`.`about` = 'product'
          THEN 'complaint_product'
          ELSE 'nothing'
        END AS `piece`
      FROM `t25` AS `t26`
      WHERE
        `t26`.`first` <= (
          `t26`.`last` + 30
        )
        AND `t26`.`first` > (
          (
            `t26`.`last` + 30
          ) - 90
        )
    ) AS `t27`
    WHERE
      `t27`.`piece` <> 'nothing'
  ) AS `t29`
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      `t26`.`person_id`,
      'complaint_unanswered' AS `piece`,
      `t26`.`received` AS `day`,
      `t26`.`store` AS `what`,
      1.0 AS `weight`
    FROM `t25` AS `t26`
    WHERE
      `t26`.`first` <= (
        `t26`.`last` + 30
      )
      AND `t26`.`first` > (
        (
          `t26`.`last` + 30
        ) - 90
      )
      AND (
        IF(
          (
            DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t26`.`answered`) <= 15309
          )
          AND (
            DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t26`.`answered`) IS NOT NULL
          ),
          DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t26`.`answered`),
          15309
        ) - `t26`.`first`
      ) > 7
  ) AS `t28`
) AS `t30`;
