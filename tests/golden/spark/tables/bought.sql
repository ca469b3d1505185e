SELECT
  *
FROM (
  SELECT
    `t20`.`person_id`,
    COUNT(*) AS `days`
  FROM (
    SELECT
      `t19`.`person_id`,
      `t19`.`day`,
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
        ) AS `t4`
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            `t16`.`source`,
            `t16`.`order_id`,
            `t16`.`person_id`,
            `t16`.`ordered_at`,
            `t16`.`day`,
            `t16`.`last_day`,
            `t16`.`last_at`,
            `t16`.`lines`,
            `t16`.`returned`,
            `t16`.`return_lines`,
            `t16`.`amount`,
            `t16`.`costed`,
            `t16`.`earned`,
            `t16`.`uncosted`,
            `t16`.`store`,
            `t16`.`channel`,
            `t16`.`region`,
            `t16`.`campaign`,
            (
              `t16`.`return_lines` = 0
            ) AND (
              `t16`.`amount` > 0
            ) AS `is_purchase`
          FROM (
            SELECT
              `t15`.`source`,
              `t15`.`order_id`,
              MAX(`t15`.`person_id`) AS `person_id`,
              MIN(`t15`.`ordered_at`) AS `ordered_at`,
              MIN(`t15`.`day`) AS `day`,
              MAX(`t15`.`day`) AS `last_day`,
              MAX(`t15`.`ordered_at`) AS `last_at`,
              COUNT(*) AS `lines`,
              SUM(IF(`t15`.`is_return`, -(
                `t15`.`amount`
              ), 0)) AS `returned`,
              SUM(CAST(IF(`t15`.`is_return`, 1, 0) AS BIGINT)) AS `return_lines`,
              SUM(`t15`.`amount`) AS `amount`,
              SUM(`t15`.`costed`) AS `costed`,
              SUM(`t15`.`earned`) AS `earned`,
              SUM(`t15`.`uncosted`) AS `uncosted`,
              MAX(`t15`.`store`) AS `store`,
              MAX(`t15`.`channel`) AS `channel`,
              MAX(`t15`.`region`) AS `region`,
              MAX(`t15`.`campaign`) AS `campaign`
            FROM (
              SELECT
                `t14`.`source`,
                `t14`.`order_id`,
                `t14`.`line_id`,
                `t14`.`row`,
                `t14`.`member_no`,
                `t14`.`phone`,
                `t14`.`email`,
                `t14`.`name`,
                `t14`.`address`,
                `t14`.`birthday`,
                `t14`.`ordered_at`,
                `t14`.`day`,
                `t14`.`sku`,
                `t14`.`product`,
                `t14`.`category`,
                `t14`.`quantity`,
                `t14`.`amount`,
                `t14`.`cost`,
                `t14`.`store`,
                `t14`.`channel`,
                `t14`.`region`,
                `t14`.`campaign`,
                `t14`.`discount`,
                `t14`.`return_reason`,
                `t14`.`is_return`,
                `t14`.`is_product`,
                `t14`.`line_key`,
                `t14`.`batch`,
                `t14`.`loaded_at`,
                `t14`.`person_id`,
                `t14`.`costed`,
                `t14`.`earned`,
                `t14`.`uncosted`
              FROM (
                SELECT
                  `t12`.`source`,
                  `t12`.`order_id`,
                  `t12`.`line_id`,
                  `t12`.`row`,
                  `t12`.`member_no`,
                  `t12`.`phone`,
                  `t12`.`email`,
                  `t12`.`name`,
                  `t12`.`address`,
                  `t12`.`birthday`,
                  `t12`.`ordered_at`,
                  `t12`.`day`,
                  `t12`.`sku`,
                  `t12`.`product`,
                  `t12`.`category`,
                  `t12`.`quantity`,
                  `t12`.`amount`,
                  `t12`.`cost`,
                  `t12`.`store`,
                  `t12`.`channel`,
                  `t12`.`region`,
                  `t12`.`campaign`,
                  `t12`.`discount`,
                  `t12`.`return_reason`,
                  `t12`.`is_return`,
                  `t12`.`is_product`,
                  `t12`.`line_key`,
                  `t12`.`batch`,
                  `t12`.`loaded_at`,
                  `t12`.`person_id`,
                  `t12`.`costed`,
                  `t12`.`earned`,
                  `t12`.`uncosted`
                FROM (
                  SELECT
                    `t11`.`source`,
                    `t11`.`order_id`,
                    `t11`.`line_id`,
                    `t11`.`row`,
                    `t11`.`member_no`,
                    `t11`.`phone`,
                    `t11`.`email`,
                    `t11`.`name`,
                    `t11`.`address`,
                    `t11`.`birthday`,
                    `t11`.`ordered_at`,
                    `t11`.`day`,
                    `t11`.`sku`,
                    `t11`.`product`,
                    `t11`.`category`,
                    `t11`.`quantity`,
                    `t11`.`amount`,
                    `t11`.`cost`,
                    `t11`.`store`,
                    `t11`.`channel`,
                    `t11`.`region`,
                    `t11`.`campaign`,
                    `t11`.`discount`,
                    `t11`.`return_reason`,
                    `t11`.`is_return`,
                    `t11`.`is_product`,
                    `t11`.`line_key`,
                    `t11`.`batch`,
                    `t11`.`loaded_at`,
                    `t11`.`person_id`,
                    `t11`.`margin`,
                    IF(
                      COALESCE(
                        `t11`.`amount` - IF(`t11`.`is_return`, -(
                          ABS(`t11`.`cost`)
                        ), `t11`.`cost`),
                        CAST(FLOOR((
                          CAST(`t11`.`amount` AS DOUBLE) * `t11`.`margin`
                        ) + 0.5) AS BIGINT)
                      ) IS NOT NULL,
                      `t11`.`amount`,
                      0
                    ) AS `costed`,
                    COALESCE(
                      COALESCE(
                        `t11`.`amount` - IF(`t11`.`is_return`, -(
                          ABS(`t11`.`cost`)
                        ), `t11`.`cost`),
                        CAST(FLOOR((
                          CAST(`t11`.`amount` AS DOUBLE) * `t11`.`margin`
                        ) + 0.5) AS BIGINT)
                      ),
                      0
                    ) AS `earned`,
                    IF(
                      COALESCE(
                        `t11`.`amount` - IF(`t11`.`is_return`, -(
                          ABS(`t11`.`cost`)
                        ), `t11`.`cost`),
                        CAST(FLOOR((
                          CAST(`t11`.`amount` AS DOUBLE) * `t11`.`margin`
                        ) + 0.5) AS BIGINT)
                      ) IS NOT NULL,
                      0,
                      `t11`.`amount`
                    ) AS `uncosted`
                  FROM (
                    SELECT
                      `t10`.`source`,
                      `t10`.`order_id`,
                      `t10`.`line_id`,
                      `t10`.`row`,
                      `t10`.`member_no`,
                      `t10`.`phone`,
                      `t10`.`email`,
                      `t10`.`name`,
                      `t10`.`address`,
                      `t10`.`birthday`,
                      `t10`.`ordered_at`,
                      `t10`.`day`,
                      `t10`.`sku`,
                      `t10`.`product`,
                      `t10`.`category`,
                      `t10`.`quantity`,
                      `t10`.`amount`,
                      `t10`.`cost`,
                      `t10`.`store`,
                      `t10`.`channel`,
                      `t10`.`region`,
                      `t10`.`campaign`,
                      `t10`.`discount`,
                      `t10`.`return_reason`,
                      `t10`.`is_return`,
                      `t10`.`is_product`,
                      `t10`.`line_key`,
                      `t10`.`batch`,
                      `t10`.`loaded_at`,
                      `t10`.`person_id`,
                      `t10`.`margin`
                    FROM (
                      SELECT
                        `t9`.`source`,
                        `t9`.`order_id`,
                        `t9`.`line_id`,
                        `t9`.`row`,
                        `t9`.`member_no`,
                        `t9`.`phone`,
                        `t9`.`email`,
                        `t9`.`name`,
                        `t9`.`address`,
                        `t9`.`birthday`,
                        `t9`.`ordered_at`,
                        `t9`.`day`,
                        `t9`.`sku`,
                        `t9`.`product`,
                        `t9`.`category`,
                        `t9`.`quantity`,
                        `t9`.`amount`,
                        `t9`.`cost`,
                        `t9`.`store`,
                        `t9`.`channel`,
                        `t9`.`region`,
                        `t9`.`campaign`,
                        `t9`.`discount`,
                        `t9`.`return_reason`,
                        `t9`.`is_return`,
                        `t9`.`is_product`,
                        `t9`.`line_key`,
                        `t9`.`batch`,
                        `t9`.`loaded_at`,
                        `t9`.`person_id`,
                        `t7`.`margin_sku`,
                        `t7`.`margin`
                      FROM (
                        SELECT
                          *
                        FROM `lines` AS `t1`
                        WHERE
                          `t1`.`ordered_at` < CAST('2011-11-30T16:00:00' AS TIMESTAMP)
                      ) AS `t9`
                      LEFT OUTER JOIN (
                        SELECT
                          `t2`.`sku` AS `margin_sku`,
                          `t2`.`margin`
                        FROM `margins` AS `t2`
                      ) AS `t7`
                        ON `t9`.`sku` = `t7`.`margin_sku`
                    ) AS `t10`
                  ) AS `t11`
                ) AS `t12`
              ) AS `t14`
              LEFT SEMI JOIN (
                SELECT
                  *
                FROM `orders` AS `t0`
                WHERE
                  `t0`.`ordered_at` < CAST('2011-11-30T16:00:00' AS TIMESTAMP)
                  AND `t0`.`last_at` >= CAST('2011-11-30T16:00:00' AS TIMESTAMP)
              ) AS `t8`
                ON `t14`.`source` = `t8`.`source` AND `t14`.`order_id` = `t8`.`order_id`
            ) AS `t15`
            GROUP BY
              1,
              2
          ) AS `t16`
        ) AS `t17`
      ) AS `t18`
      WHERE
        `t18`.`is_purchase`
        AND `t18`.`day` > MAKE_DATE(2011, 9, 1)
        AND `t18`.`person_id` IS NOT NULL
    ) AS `t19`
    GROUP BY
      1,
      2
  ) AS `t20`
  GROUP BY
    1
) AS `t21`;
