WITH `t8` AS (
  SELECT
    `t0`.`kind`,
    `t0`.`day`,
    `t0`.`until`,
    `t0`.`person_id`,
    `t0`.`store`,
    `t0`.`region`,
    `t0`.`product`,
    `t0`.`category`,
    `t0`.`clerk`,
    CASE
      WHEN `t0`.`kind` = 'late_delivery'
      THEN 'delivery_failed'
      WHEN `t0`.`kind` = 'wrong_delivery'
      THEN 'delivery_failed'
      WHEN `t0`.`kind` = 'out_of_stock'
      THEN 'out_of_stock'
      WHEN `t0`.`kind` = 'store_closed'
      THEN 'store_gone'
      WHEN `t0`.`kind` = 'store_moved'
      THEN 'store_gone'
      WHEN `t0`.`kind` = 'clerk_left'
      THEN 'clerk_left'
      WHEN `t0`.`kind` = 'competitor_opened'
      THEN 'rival_opened'
      WHEN `t0`.`kind` = 'price_rise'
      THEN 'price_told'
      WHEN `t0`.`kind` = 'payment_failed'
      THEN 'payment_failed'
      ELSE 'nothing'
    END AS `piece`,
    DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t0`.`day`) AS `first`,
    DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), COALESCE(`t0`.`until`, `t0`.`day`)) AS `until_number`
  FROM `happenings` AS `t0`
  WHERE
    DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t0`.`day`) <= 15309
), `t12` AS (
  SELECT
    `t1`.`source`,
    `t1`.`order_id`,
    `t1`.`line_id`,
    `t1`.`row`,
    `t1`.`member_no`,
    `t1`.`phone`,
    `t1`.`email`,
    `t1`.`name`,
    `t1`.`address`,
    `t1`.`birthday`,
    `t1`.`ordered_at`,
    `t1`.`day`,
    `t1`.`sku`,
    `t1`.`product`,
    `t1`.`category`,
    `t1`.`quantity`,
    `t1`.`amount`,
    `t1`.`cost`,
    `t1`.`store`,
    `t1`.`channel`,
    `t1`.`region`,
    `t1`.`campaign`,
    `t1`.`discount`,
    `t1`.`return_reason`,
    `t1`.`is_return`,
    `t1`.`is_product`,
    `t1`.`line_key`,
    `t1`.`batch`,
    `t1`.`loaded_at`,
    `t1`.`person_id`,
    DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t1`.`day`) AS `number`,
    (
      (
        CAST(EXTRACT(year FROM `t1`.`day`) AS BIGINT) * 12
      ) + CAST(EXTRACT(month FROM `t1`.`day`) AS BIGINT)
    ) - 1 AS `month`,
    LN(CAST(`t1`.`amount` AS DOUBLE) / NULLIF(`t1`.`quantity`, 0.0)) AS `log_price`
  FROM `lines` AS `t1`
  WHERE
    `t1`.`ordered_at` < CAST('2011-12-01T00:00:00' AS TIMESTAMP)
    AND `t1`.`is_product`
    AND NOT (
      `t1`.`is_return`
    )
    AND `t1`.`amount` > 0
    AND `t1`.`quantity` > 0
    AND `t1`.`sku` IS NOT NULL
    AND `t1`.`person_id` IS NOT NULL
), `t21` AS (
  SELECT
    *
  FROM `t8` AS `t9`
  WHERE
    `t9`.`piece` <> 'nothing'
    AND `t9`.`person_id` IS NULL
    AND (
      (
        `t9`.`product` IS NOT NULL
      ) OR (
        `t9`.`category` IS NOT NULL
      )
    )
    AND `t9`.`product` IS NOT NULL
)
SELECT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM (
      SELECT
        `t65`.`person_id`,
        `t65`.`piece`,
        `t65`.`day`,
        `t65`.`thing` AS `what`,
        CAST(`t65`.`spent` AS DOUBLE) / NULLIF(CAST(`t65`.`whole` AS DOUBLE), 0.0) AS `weight`
      FROM (
        SELECT
          `t38`.`kind`,
          `t38`.`day`,
          `t38`.`until`,
          `t38`.`product`,
          `t38`.`category`,
          `t38`.`clerk`,
          `t38`.`piece`,
          `t38`.`first`,
          `t38`.`until_number`,
          `t48`.`spent`,
          `t48`.`buyer`,
          `t48`.`thing`,
          `t62`.`person_id`,
          `t62`.`last`,
          `t62`.`store`,
          `t62`.`region`,
          `t49`.`owner`,
          `t49`.`whole`
        FROM (
          SELECT
            `t20`.`kind`,
            `t20`.`day`,
            `t20`.`until`,
            `t20`.`product`,
            `t20`.`category`,
            `t20`.`clerk`,
            `t20`.`piece`,
            `t20`.`first`,
            `t20`.`until_number`
          FROM (
            SELECT
              *
            FROM `t8` AS `t9`
            WHERE
              `t9`.`piece` <> 'nothing'
              AND `t9`.`person_id` IS NULL
              AND (
                (
                  `t9`.`product` IS NOT NULL
                ) OR (
                  `t9`.`category` IS NOT NULL
                )
              )
              AND `t9`.`category` IS NOT NULL
          ) AS `t20`
        ) AS `t38`
        INNER JOIN (
          SELECT
            `t34`.`spent`,
            `t34`.`person_id` AS `buyer`,
            `t34`.`category` AS `thing`
          FROM (
            SELECT
              `t14`.`person_id`,
              `t14`.`category`,
              SUM(`t14`.`amount`) AS `spent`
            FROM `t12` AS `t14`
            GROUP BY
              1,
              2
          ) AS `t34`
        ) AS `t48`
          ON `t38`.`category` = `t48`.`thing`
        INNER JOIN (
          SELECT
            `t60`.`person_id`,
            `t60`.`last`,
            `t60`.`store`,
            `t60`.`region`
          FROM (
            SELECT
              `t59`.`person_id`,
              `t59`.`last`,
              `t59`.`store`,
              `t53`.`person_id` AS `person_id_right`,
              `t53`.`region`
            FROM (
              SELECT
                `t57`.`person_id`,
                `t57`.`last`,
                `t57`.`store`
              FROM (
                SELECT
                  `t19`.`person_id`,
                  `t19`.`last`,
                  `t52`.`person_id` AS `person_id_right`,
                  `t52`.`store`
                FROM (
                  SELECT
                    `t4`.`person_id`,
                    MAX(DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t4`.`day`)) AS `last`
                  FROM (
                    SELECT
                      *
                    FROM `orders` AS `t2`
                    WHERE
                      `t2`.`is_purchase` AND `t2`.`person_id` IS NOT NULL
                  ) AS `t4`
                  GROUP BY
                    1
                ) AS `t19`
                LEFT OUTER JOIN (
                  SELECT
                    `t32`.`person_id`,
                    `t32`.`store`
                  FROM (
                    SELECT
                      `t10`.`person_id`,
                      `t10`.`store`,
                      `t10`.`times`,
                      ROW_NUMBER() OVER (
                        PARTITION BY `t10`.`person_id`
                        ORDER BY `t10`.`times` DESC, `t10`.`store` ASC NULLS LAST
                      ) - 1 AS `place`
                    FROM (
                      SELECT
                        `t5`.`person_id`,
                        `t5`.`store`,
                        COUNT(*) AS `times`
                      FROM (
                        SELECT
                          *
                        FROM `orders` AS `t2`
                        WHERE
                          `t2`.`is_purchase` AND `t2`.`person_id` IS NOT NULL AND `t2`.`store` IS NOT NULL
                      ) AS `t5`
                      GROUP BY
                        1,
                        2
                    ) AS `t10`
                  ) AS `t32`
                  WHERE
                    `t32`.`place` = 0
                ) AS `t52`
                  ON `t19`.`person_id` = `t52`.`person_id`
              ) AS `t57`
            ) AS `t59`
            LEFT OUTER JOIN (
              SELECT
                `t33`.`person_id`,
                `t33`.`region`
              FROM (
                SELECT
                  `t11`.`person_id`,
                  `t11`.`region`,
                  `t11`.`times`,
                  ROW_NUMBER() OVER (
                    PARTITION BY `t11`.`person_id`
                    ORDER BY `t11`.`times` DESC, `t11`.`region` ASC NULLS LAST
                  ) - 1 AS `place`
                FROM (
                  SELECT
                    `t6`.`person_id`,
                    `t6`.`region`,
                    COUNT(*) AS `times`
                  FROM (
                    SELECT
                      *
                    FROM `orders` AS `t2`
                    WHERE
                      `t2`.`is_purchase` AND `t2`.`person_id` IS NOT NULL AND `t2`.`region` IS NOT NULL
                  ) AS `t6`
                  GROUP BY
                    1,
                    2
                ) AS `t11`
              ) AS `t33`
              WHERE
                `t33`.`place` = 0
            ) AS `t53`
              ON `t59`.`person_id` = `t53`.`person_id`
          ) AS `t60`
        ) AS `t62`
          ON `t48`.`buyer` = `t62`.`person_id`
        INNER JOIN (
          SELECT
            `t35`.`person_id` AS `owner`,
            `t35`.`whole`
          FROM (
            SELECT
              `t14`.`person_id`,
              SUM(`t14`.`amount`) AS `whole`
            FROM `t12` AS `t14`
            GROUP BY
              1
          ) AS `t35`
        ) AS `t49`
          ON `t48`.`buyer` = `t49`.`owner`
      ) AS `t65`
      WHERE
        `t65`.`first` <= (
          `t65`.`last` + 30
        )
        AND `t65`.`until_number` > (
          (
            `t65`.`last` + 30
          ) - 90
        )
    ) AS `t72`
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        *
      FROM (
        SELECT
          `t68`.`person_id`,
          `t68`.`piece`,
          `t68`.`day`,
          COALESCE(`t68`.`clerk`, `t68`.`product`) AS `what`,
          1.0 AS `weight`
        FROM (
          SELECT
            `t28`.`kind`,
            `t28`.`day`,
            `t28`.`until`,
            `t28`.`whose`,
            `t28`.`product`,
            `t28`.`category`,
            `t28`.`clerk`,
            `t28`.`piece`,
            `t28`.`first`,
            `t28`.`until_number`,
            `t63`.`person_id`,
            `t63`.`last`,
            `t63`.`store`,
            `t63`.`region`
          FROM (
            SELECT
              `t15`.`kind`,
              `t15`.`day`,
              `t15`.`until`,
              `t15`.`whose`,
              `t15`.`product`,
              `t15`.`category`,
              `t15`.`clerk`,
              `t15`.`piece`,
              `t15`.`first`,
              `t15`.`until_number`
            FROM (
              SELECT
                `t9`.`kind`,
                `t9`.`day`,
                `t9`.`until`,
                `t9`.`person_id` AS `whose`,
                `t9`.`store`,
                `t9`.`region`,
                `t9`.`product`,
                `t9`.`category`,
                `t9`.`clerk`,
                `t9`.`piece`,
                `t9`.`first`,
                `t9`.`until_number`
              FROM `t8` AS `t9`
              WHERE
                `t9`.`piece` <> 'nothing' AND `t9`.`person_id` IS NOT NULL
            ) AS `t15`
          ) AS `t28`
          INNER JOIN (
            SELECT
              `t60`.`person_id`,
              `t60`.`last`,
              `t60`.`store`,
              `t60`.`region`
            FROM (
              SELECT
                `t59`.`person_id`,
                `t59`.`last`,
                `t59`.`store`,
                `t53`.`person_id` AS `person_id_right`,
                `t53`.`region`
              FROM (
                SELECT
                  `t57`.`person_id`,
                  `t57`.`last`,
                  `t57`.`store`
                FROM (
                  SELECT
                    `t19`.`person_id`,
                    `t19`.`last`,
                    `t52`.`person_id` AS `person_id_right`,
                    `t52`.`store`
                  FROM (
                    SELECT
                      `t4`.`person_id`,
                      MAX(DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t4`.`day`)) AS `last`
                    FROM (
                      SELECT
                        *
                      FROM `orders` AS `t2`
                      WHERE
                        `t2`.`is_purchase` AND `t2`.`person_id` IS NOT NULL
                    ) AS `t4`
                    GROUP BY
                      1
                  ) AS `t19`
                  LEFT OUTER JOIN (
                    SELECT
                      `t32`.`person_id`,
                      `t32`.`store`
                    FROM (
                      SELECT
                        `t10`.`person_id`,
                        `t10`.`store`,
                        `t10`.`times`,
                        ROW_NUMBER() OVER (
                          PARTITION BY `t10`.`person_id`
                          ORDER BY `t10`.`times` DESC, `t10`.`store` ASC NULLS LAST
                        ) - 1 AS `place`
                      FROM (
                        SELECT
                          `t5`.`person_id`,
                          `t5`.`store`,
                          COUNT(*) AS `times`
                        FROM (
                          SELECT
                            *
                          FROM `orders` AS `t2`
                          WHERE
                            `t2`.`is_purchase` AND `t2`.`person_id` IS NOT NULL AND `t2`.`store` IS NOT NULL
                        ) AS `t5`
                        GROUP BY
                          1,
                          2
                      ) AS `t10`
                    ) AS `t32`
                    WHERE
                      `t32`.`place` = 0
                  ) AS `t52`
                    ON `t19`.`person_id` = `t52`.`person_id`
                ) AS `t57`
              ) AS `t59`
              LEFT OUTER JOIN (
                SELECT
                  `t33`.`person_id`,
                  `t33`.`region`
                FROM (
                  SELECT
                    `t11`.`person_id`,
                    `t11`.`region`,
                    `t11`.`times`,
                    ROW_NUMBER() OVER (
                      PARTITION BY `t11`.`person_id`
                      ORDER BY `t11`.`times` DESC, `t11`.`region` ASC NULLS LAST
                    ) - 1 AS `place`
                  FROM (
                    SELECT
                      `t6`.`person_id`,
                      `t6`.`region`,
                      COUNT(*) AS `times`
                    FROM (
                      SELECT
                        *
                      FROM `orders` AS `t2`
                      WHERE
                        `t2`.`is_purchase` AND `t2`.`person_id` IS NOT NULL AND `t2`.`region` IS NOT NULL
                    ) AS `t6`
                    GROUP BY
                      1,
                      2
                  ) AS `t11`
                ) AS `t33`
                WHERE
                  `t33`.`place` = 0
              ) AS `t53`
                ON `t59`.`person_id` = `t53`.`person_id`
            ) AS `t60`
          ) AS `t63`
            ON `t28`.`whose` = `t63`.`person_id`
        ) AS `t68`
        WHERE
          `t68`.`first` <= (
            `t68`.`last` + 30
          )
          AND `t68`.`until_number` > (
            (
              `t68`.`last` + 30
            ) - 90
          )
      ) AS `t75`
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          `t69`.`person_id`,
          `t69`.`piece`,
          `t69`.`day`,
          COALESCE(`t69`.`clerk`, `t69`.`store`) AS `what`,
          IF(`t69`.`piece` IN ('store_gone', 'rival_opened'), 1.0, 0.5) AS `weight`
        FROM (
          SELECT
            `t29`.`kind`,
            `t29`.`day`,
            `t29`.`until`,
            `t29`.`at`,
            `t29`.`product`,
            `t29`.`category`,
            `t29`.`clerk`,
            `t29`.`piece`,
            `t29`.`first`,
            `t29`.`until_number`,
            `t63`.`person_id`,
            `t63`.`last`,
            `t63`.`store`,
            `t63`.`region`
          FROM (
            SELECT
              `t16`.`kind`,
              `t16`.`day`,
              `t16`.`until`,
              `t16`.`at`,
              `t16`.`product`,
              `t16`.`category`,
              `t16`.`clerk`,
              `t16`.`piece`,
              `t16`.`first`,
              `t16`.`until_number`
            FROM (
              SELECT
                `t9`.`kind`,
                `t9`.`day`,
                `t9`.`until`,
                `t9`.`person_id`,
                `t9`.`store` AS `at`,
                `t9`.`region`,
                `t9`.`product`,
                `t9`.`category`,
                `t9`.`clerk`,
                `t9`.`piece`,
                `t9`.`first`,
                `t9`.`until_number`
              FROM `t8` AS `t9`
              WHERE
                `t9`.`piece` <> 'nothing'
                AND `t9`.`person_id` IS NULL
                AND `t9`.`product` IS NULL
                AND `t9`.`category` IS NULL
                AND `t9`.`store` IS NOT NULL
            ) AS `t16`
          ) AS `t29`
          INNER JOIN (
            SELECT
              `t60`.`person_id`,
              `t60`.`last`,
              `t60`.`store`,
              `t60`.`region`
            FROM (
              SELECT
                `t59`.`person_id`,
                `t59`.`last`,
                `t59`.`store`,
                `t53`.`person_id` AS `person_id_right`,
                `t53`.`region`
              FROM (
                SELECT
                  `t57`.`person_id`,
                  `t57`.`last`,
                  `t57`.`store`
                FROM (
                  SELECT
                    `t19`.`person_id`,
                    `t19`.`last`,
                    `t52`.`person_id` AS `person_id_right`,
                    `t52`.`store`
                  FROM (
                    SELECT
                      `t4`.`person_id`,
                      MAX(DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t4`.`day`)) AS `last`
                    FROM (
                      SELECT
                        *
                      FROM `orders` AS `t2`
                      WHERE
                        `t2`.`is_purchase` AND `t2`.`person_id` IS NOT NULL
                    ) AS `t4`
                    GROUP BY
                      1
                  ) AS `t19`
                  LEFT OUTER JOIN (
                    SELECT
                      `t32`.`person_id`,
                      `t32`.`store`
                    FROM (
                      SELECT
                        `t10`.`person_id`,
                        `t10`.`store`,
                        `t10`.`times`,
                        ROW_NUMBER() OVER (
                          PARTITION BY `t10`.`person_id`
                          ORDER BY `t10`.`times` DESC, `t10`.`store` ASC NULLS LAST
                        ) - 1 AS `place`
                      FROM (
                        SELECT
                          `t5`.`person_id`,
                          `t5`.`store`,
                          COUNT(*) AS `times`
                        FROM (
                          SELECT
                            *
                          FROM `orders` AS `t2`
                          WHERE
                            `t2`.`is_purchase` AND `t2`.`person_id` IS NOT NULL AND `t2`.`store` IS NOT NULL
                        ) AS `t5`
                        GROUP BY
                          1,
                          2
                      ) AS `t10`
                    ) AS `t32`
                    WHERE
                      `t32`.`place` = 0
                  ) AS `t52`
                    ON `t19`.`person_id` = `t52`.`person_id`
                ) AS `t57`
              ) AS `t59`
              LEFT OUTER JOIN (
                SELECT
                  `t33`.`person_id`,
                  `t33`.`region`
                FROM (
                  SELECT
                    `t11`.`person_id`,
                    `t11`.`region`,
                    `t11`.`times`,
                    ROW_NUMBER() OVER (
                      PARTITION BY `t11`.`person_id`
                      ORDER BY `t11`.`times` DESC, `t11`.`region` ASC NULLS LAST
                    ) - 1 AS `place`
                  FROM (
                    SELECT
                      `t6`.`person_id`,
                      `t6`.`region`,
                      COUNT(*) AS `times`
                    FROM (
                      SELECT
                        *
                      FROM `orders` AS `t2`
                      WHERE
                        `t2`.`is_purchase` AND `t2`.`person_id` IS NOT NULL AND `t2`.`region` IS NOT NULL
                    ) AS `t6`
                    GROUP BY
                      1,
                      2
                  ) AS `t11`
                ) AS `t33`
                WHERE
                  `t33`.`place` = 0
              ) AS `t53`
                ON `t59`.`person_id` = `t53`.`person_id`
            ) AS `t60`
          ) AS `t63`
            ON `t29`.`at` = `t63`.`store`
        ) AS `t69`
        WHERE
          `t69`.`first` <= (
            `t69`.`last` + 30
          )
          AND `t69`.`until_number` > (
            (
              `t69`.`last` + 30
            ) - 90
          )
      ) AS `t76`
    ) AS `t79`
  ) AS `t81`
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      *
    FROM (
      SELECT
        *
      FROM (
        SELECT
          `t70`.`person_id`,
          `t70`.`piece`,
          `t70`.`day`,
          COALESCE(`t70`.`clerk`, `t70`.`region`) AS `what`,
          0.5 AS `weight`
        FROM (
          SELECT
            `t30`.`kind`,
            `t30`.`day`,
            `t30`.`until`,
            `t30`.`at`,
            `t30`.`product`,
            `t30`.`category`,
            `t30`.`clerk`,
            `t30`.`piece`,
            `t30`.`first`,
            `t30`.`until_number`,
            `t63`.`person_id`,
            `t63`.`last`,
            `t63`.`store`,
            `t63`.`region`
          FROM (
            SELECT
              `t17`.`kind`,
              `t17`.`day`,
              `t17`.`until`,
              `t17`.`at`,
              `t17`.`product`,
              `t17`.`category`,
              `t17`.`clerk`,
              `t17`.`piece`,
              `t17`.`first`,
              `t17`.`until_number`
            FROM (
              SELECT
                `t9`.`kind`,
                `t9`.`day`,
                `t9`.`until`,
                `t9`.`person_id`,
                `t9`.`store`,
                `t9`.`region` AS `at`,
                `t9`.`product`,
                `t9`.`category`,
                `t9`.`clerk`,
                `t9`.`piece`,
                `t9`.`first`,
                `t9`.`until_number`
              FROM `t8` AS `t9`
              WHERE
                `t9`.`piece` <> 'nothing'
                AND `t9`.`person_id` IS NULL
                AND `t9`.`product` IS NULL
                AND `t9`.`category` IS NULL
                AND `t9`.`store` IS NULL
                AND `t9`.`region` IS NOT NULL
            ) AS `t17`
          ) AS `t30`
          INNER JOIN (
            SELECT
              `t60`.`person_id`,
              `t60`.`last`,
              `t60`.`store`,
              `t60`.`region`
            FROM (
              SELECT
                `t59`.`person_id`,
                `t59`.`last`,
                `t59`.`store`,
                `t53`.`person_id` AS `person_id_right`,
                `t53`.`region`
              FROM (
                SELECT
                  `t57`.`person_id`,
                  `t57`.`last`,
                  `t57`.`store`
                FROM (
                  SELECT
                    `t19`.`person_id`,
                    `t19`.`last`,
                    `t52`.`person_id` AS `person_id_right`,
                    `t52`.`store`
                  FROM (
                    SELECT
                      `t4`.`person_id`,
                      MAX(DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t4`.`day`)) AS `last`
                    FROM (
                      SELECT
                        *
                      FROM `orders` AS `t2`
                      WHERE
                        `t2`.`is_purchase` AND `t2`.`person_id` IS NOT NULL
                    ) AS `t4`
                    GROUP BY
                      1
                  ) AS `t19`
                  LEFT OUTER JOIN (
                    SELECT
                      `t32`.`person_id`,
                      `t32`.`store`
                    FROM (
                      SELECT
                        `t10`.`person_id`,
                        `t10`.`store`,
                        `t10`.`times`,
                        ROW_NUMBER() OVER (
                          PARTITION BY `t10`.`person_id`
                          ORDER BY `t10`.`times` DESC, `t10`.`store` ASC NULLS LAST
                        ) - 1 AS `place`
                      FROM (
                        SELECT
                          `t5`.`person_id`,
                          `t5`.`store`,
                          COUNT(*) AS `times`
                        FROM (
                          SELECT
                            *
                          FROM `orders` AS `t2`
                          WHERE
                            `t2`.`is_purchase` AND `t2`.`person_id` IS NOT NULL AND `t2`.`store` IS NOT NULL
                        ) AS `t5`
                        GROUP BY
                          1,
                          2
                      ) AS `t10`
                    ) AS `t32`
                    WHERE
                      `t32`.`place` = 0
                  ) AS `t52`
                    ON `t19`.`person_id` = `t52`.`person_id`
                ) AS `t57`
              ) AS `t59`
              LEFT OUTER JOIN (
                SELECT
                  `t33`.`person_id`,
                  `t33`.`region`
                FROM (
                  SELECT
                    `t11`.`person_id`,
                    `t11`.`region`,
                    `t11`.`times`,
                    ROW_NUMBER() OVER (
                      PARTITION BY `t11`.`person_id`
                      ORDER BY `t11`.`times` DESC, `t11`.`region` ASC NULLS LAST
                    ) - 1 AS `place`
                  FROM (
                    SELECT
                      `t6`.`person_id`,
                      `t6`.`region`,
                      COUNT(*) AS `times`
                    FROM (
                      SELECT
                        *
                      FROM `orders` AS `t2`
                      WHERE
                        `t2`.`is_purchase` AND `t2`.`person_id` IS NOT NULL AND `t2`.`region` IS NOT NULL
                    ) AS `t6`
                    GROUP BY
                      1,
                      2
                  ) AS `t11`
                ) AS `t33`
                WHERE
                  `t33`.`place` = 0
              ) AS `t53`
                ON `t59`.`person_id` = `t53`.`person_id`
            ) AS `t60`
          ) AS `t63`
            ON `t30`.`at` = `t63`.`region`
        ) AS `t70`
        WHERE
          `t70`.`first` <= (
            `t70`.`last` + 30
          )
          AND `t70`.`until_number` > (
            (
              `t70`.`last` + 30
            ) - 90
          )
      ) AS `t77`
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          `t64`.`person_id`,
          `t64`.`piece`,
          `t64`.`day`,
          `t64`.`clerk` AS `what`,
          0.5 AS `weight`
        FROM (
          SELECT
            `t31`.`kind`,
            `t31`.`day`,
            `t31`.`until`,
            `t31`.`product`,
            `t31`.`category`,
            `t31`.`clerk`,
            `t31`.`piece`,
            `t31`.`first`,
            `t31`.`until_number`,
            `t63`.`person_id`,
            `t63`.`last`,
            `t63`.`store`,
            `t63`.`region`
          FROM (
            SELECT
              `t18`.`kind`,
              `t18`.`day`,
              `t18`.`until`,
              `t18`.`product`,
              `t18`.`category`,
              `t18`.`clerk`,
              `t18`.`piece`,
              `t18`.`first`,
              `t18`.`until_number`
            FROM (
              SELECT
                *
              FROM `t8` AS `t9`
              WHERE
                `t9`.`piece` <> 'nothing'
                AND `t9`.`person_id` IS NULL
                AND `t9`.`product` IS NULL
                AND `t9`.`category` IS NULL
                AND `t9`.`store` IS NULL
                AND `t9`.`region` IS NULL
            ) AS `t18`
          ) AS `t31`
          CROSS JOIN (
            SELECT
              `t60`.`person_id`,
              `t60`.`last`,
              `t60`.`store`,
              `t60`.`region`
            FROM (
              SELECT
                `t59`.`person_id`,
                `t59`.`last`,
                `t59`.`store`,
                `t53`.`person_id` AS `person_id_right`,
                `t53`.`region`
              FROM (
                SELECT
                  `t57`.`person_id`,
                  `t57`.`last`,
                  `t57`.`store`
                FROM (
                  SELECT
                    `t19`.`person_id`,
                    `t19`.`last`,
                    `t52`.`person_id` AS `person_id_right`,
                    `t52`.`store`
                  FROM (
                    SELECT
                      `t4`.`person_id`,
                      MAX(DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t4`.`day`)) AS `last`
                    FROM (
                      SELECT
                        *
                      FROM `orders` AS `t2`
                      WHERE
                        `t2`.`is_purchase` AND `t2`.`person_id` IS NOT NULL
                    ) AS `t4`
                    GROUP BY
                      1
                  ) AS `t19`
                  LEFT OUTER JOIN (
                    SELECT
                      `t32`.`person_id`,
                      `t32`.`store`
                    FROM (
                      SELECT
                        `t10`.`person_id`,
                        `t10`.`store`,
                        `t10`.`times`,
                        ROW_NUMBER() OVER (
                          PARTITION BY `t10`.`person_id`
                          ORDER BY `t10`.`times` DESC, `t10`.`store` ASC NULLS LAST
                        ) - 1 AS `place`
                      FROM (
                        SELECT
                          `t5`.`person_id`,
                          `t5`.`store`,
                          COUNT(*) AS `times`
                        FROM (
                          SELECT
                            *
                          FROM `orders` AS `t2`
                          WHERE
                            `t2`.`is_purchase` AND `t2`.`person_id` IS NOT NULL AND `t2`.`store` IS NOT NULL
                        ) AS `t5`
                        GROUP BY
                          1,
                          2
                      ) AS `t10`
                    ) AS `t32`
                    WHERE
                      `t32`.`place` = 0
                  ) AS `t52`
                    ON `t19`.`person_id` = `t52`.`person_id`
                ) AS `t57`
              ) AS `t59`
              LEFT OUTER JOIN (
                SELECT
                  `t33`.`person_id`,
                  `t33`.`region`
                FROM (
                  SELECT
                    `t11`.`person_id`,
                    `t11`.`region`,
                    `t11`.`times`,
                    ROW_NUMBER() OVER (
                      PARTITION BY `t11`.`person_id`
                      ORDER BY `t11`.`times` DESC, `t11`.`region` ASC NULLS LAST
                    ) - 1 AS `place`
                  FROM (
                    SELECT
                      `t6`.`person_id`,
                      `t6`.`region`,
                      COUNT(*) AS `times`
                    FROM (
                      SELECT
                        *
                      FROM `orders` AS `t2`
                      WHERE
                        `t2`.`is_purchase` AND `t2`.`person_id` IS NOT NULL AND `t2`.`region` IS NOT NULL
                    ) AS `t6`
                    GROUP BY
                      1,
                      2
                  ) AS `t11`
                ) AS `t33`
                WHERE
                  `t33`.`place` = 0
              ) AS `t53`
                ON `t59`.`person_id` = `t53`.`person_id`
            ) AS `t60`
          ) AS `t63`
        ) AS `t64`
        WHERE
          `t64`.`first` <= (
            `t64`.`last` + 30
          )
          AND `t64`.`until_number` > (
            (
              `t64`.`last` + 30
            ) - 90
          )
      ) AS `t71`
    ) AS `t80`
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        *
      FROM (
        SELECT
          `t66`.`person_id`,
          `t66`.`piece`,
          `t66`.`day`,
          `t66`.`thing` AS `what`,
          CAST(`t66`.`spent` AS DOUBLE) / NULLIF(CAST(`t66`.`whole` AS DOUBLE), 0.0) AS `weight`
        FROM (
          SELECT
            `t41`.`kind`,
            `t41`.`day`,
            `t41`.`until`,
            `t41`.`product`,
            `t41`.`category`,
            `t41`.`clerk`,
            `t41`.`piece`,
            `t41`.`first`,
            `t41`.`until_number`,
            `t50`.`spent`,
            `t50`.`buyer`,
            `t50`.`thing`,
            `t62`.`person_id`,
            `t62`.`last`,
            `t62`.`store`,
            `t62`.`region`,
            `t49`.`owner`,
            `t49`.`whole`
          FROM (
            SELECT
              `t27`.`kind`,
              `t27`.`day`,
              `t27`.`until`,
              `t27`.`product`,
              `t27`.`category`,
              `t27`.`clerk`,
              `t27`.`piece`,
              `t27`.`first`,
              `t27`.`until_number`
            FROM `t21` AS `t27`
          ) AS `t41`
          INNER JOIN (
            SELECT
              `t36`.`spent`,
              `t36`.`person_id` AS `buyer`,
              `t36`.`sku` AS `thing`
            FROM (
              SELECT
                `t14`.`person_id`,
                `t14`.`sku`,
                SUM(`t14`.`amount`) AS `spent`
              FROM `t12` AS `t14`
              GROUP BY
                1,
                2
            ) AS `t36`
          ) AS `t50`
            ON `t41`.`product` = `t50`.`thing`
          INNER JOIN (
            SELECT
              `t60`.`person_id`,
              `t60`.`last`,
              `t60`.`store`,
              `t60`.`region`
            FROM (
              SELECT
                `t59`.`person_id`,
                `t59`.`last`,
                `t59`.`store`,
                `t53`.`person_id` AS `person_id_right`,
                `t53`.`region`
              FROM (
                SELECT
                  `t57`.`person_id`,
                  `t57`.`last`,
                  `t57`.`store`
                FROM (
                  SELECT
                    `t19`.`person_id`,
                    `t19`.`last`,
                    `t52`.`person_id` AS `person_id_right`,
                    `t52`.`store`
                  FROM (
                    SELECT
                      `t4`.`person_id`,
                      MAX(DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t4`.`day`)) AS `last`
                    FROM (
                      SELECT
                        *
                      FROM `orders` AS `t2`
                      WHERE
                        `t2`.`is_purchase` AND `t2`.`person_id` IS NOT NULL
                    ) AS `t4`
                    GROUP BY
                      1
                  ) AS `t19`
                  LEFT OUTER JOIN (
                    SELECT
                      `t32`.`person_id`,
                      `t32`.`store`
                    FROM (
                      SELECT
                        `t10`.`person_id`,
                        `t10`.`store`,
                        `t10`.`times`,
                        ROW_NUMBER() OVER (
                          PARTITION BY `t10`.`person_id`
                          ORDER BY `t10`.`times` DESC, `t10`.`store` ASC NULLS LAST
                        ) - 1 AS `place`
                      FROM (
                        SELECT
                          `t5`.`person_id`,
                          `t5`.`store`,
                          COUNT(*) AS `times`
                        FROM (
                          SELECT
                            *
                          FROM `orders` AS `t2`
                          WHERE
                            `t2`.`is_purchase` AND `t2`.`person_id` IS NOT NULL AND `t2`.`store` IS NOT NULL
                        ) AS `t5`
                        GROUP BY
                          1,
                          2
                      ) AS `t10`
                    ) AS `t32`
                    WHERE
                      `t32`.`place` = 0
                  ) AS `t52`
                    ON `t19`.`person_id` = `t52`.`person_id`
                ) AS `t57`
              ) AS `t59`
              LEFT OUTER JOIN (
                SELECT
                  `t33`.`person_id`,
                  `t33`.`region`
                FROM (
                  SELECT
                    `t11`.`person_id`,
                    `t11`.`region`,
                    `t11`.`times`,
                    ROW_NUMBER() OVER (
                      PARTITION BY `t11`.`person_id`
                      ORDER BY `t11`.`times` DESC, `t11`.`region` ASC NULLS LAST
                    ) - 1 AS `place`
                  FROM (
                    SELECT
                      `t6`.`person_id`,
                      `t6`.`region`,
                      COUNT(*) AS `times`
                    FROM (
                      SELECT
                        *
                      FROM `orders` AS `t2`
                      WHERE
                        `t2`.`is_purchase` AND `t2`.`person_id` IS NOT NULL AND `t2`.`region` IS NOT NULL
                    ) AS `t6`
                    GROUP BY
                      1,
                      2
                  ) AS `t11`
                ) AS `t33`
                WHERE
                  `t33`.`place` = 0
              ) AS `t53`
                ON `t59`.`person_id` = `t53`.`person_id`
            ) AS `t60`
          ) AS `t62`
            ON `t50`.`buyer` = `t62`.`person_id`
          INNER JOIN (
            SELECT
              `t35`.`person_id` AS `owner`,
              `t35`.`whole`
            FROM (
              SELECT
                `t14`.`person_id`,
                SUM(`t14`.`amount`) AS `whole`
              FROM `t12` AS `t14`
              GROUP BY
                1
            ) AS `t35`
          ) AS `t49`
            ON `t50`.`buyer` = `t49`.`owner`
        ) AS `t66`
        WHERE
          `t66`.`first` <= (
            `t66`.`last` + 30
          )
          AND `t66`.`until_number` > (
            (
              `t66`.`last` + 30
            ) - 90
          )
      ) AS `t73`
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          `t67`.`person_id`,
          `t67`.`piece`,
          `t67`.`day`,
          `t67`.`thing` AS `what`,
          CAST(`t67`.`spent` AS DOUBLE) / NULLIF(CAST(`t67`.`whole` AS DOUBLE), 0.0) AS `weight`
        FROM (
          SELECT
            `t56`.`kind`,
            `t56`.`day`,
            `t56`.`until`,
            `t56`.`product`,
            `t56`.`category`,
            `t56`.`clerk`,
            `t56`.`piece`,
            `t56`.`first`,
            `t56`.`until_number`,
            `t51`.`spent`,
            `t51`.`buyer`,
            `t51`.`thing`,
            `t62`.`person_id`,
            `t62`.`last`,
            `t62`.`store`,
            `t62`.`region`,
            `t49`.`owner`,
            `t49`.`whole`
          FROM (
            SELECT
              `t54`.`kind`,
              `t54`.`day`,
              `t54`.`until`,
              `t54`.`product`,
              `t54`.`category`,
              `t54`.`clerk`,
              `t54`.`piece`,
              `t54`.`first`,
              `t54`.`until_number`
            FROM (
              SELECT
                `t40`.`kind`,
                `t40`.`day`,
                `t40`.`until`,
                `t40`.`person_id`,
                `t40`.`store`,
                `t40`.`region`,
                `t40`.`product`,
                `t40`.`category`,
                `t40`.`clerk`,
                `t40`.`piece`,
                `t40`.`first`,
                `t40`.`until_number`
              FROM `t21` AS `t40`
              LEFT ANTI JOIN (
                SELECT DISTINCT
                  `t1`.`sku`
                FROM `lines` AS `t1`
                WHERE
                  `t1`.`ordered_at` < CAST('2011-12-01T00:00:00' AS TIMESTAMP)
                  AND `t1`.`is_product`
                  AND NOT (
                    `t1`.`is_return`
                  )
                  AND `t1`.`amount` > 0
                  AND `t1`.`quantity` > 0
                  AND `t1`.`sku` IS NOT NULL
                  AND `t1`.`person_id` IS NOT NULL
              ) AS `t7`
                ON `t40`.`product` = `t7`.`sku`
            ) AS `t54`
          ) AS `t56`
          INNER JOIN (
            SELECT
              `t37`.`spent`,
              `t37`.`person_id` AS `buyer`,
              `t37`.`product` AS `thing`
            FROM (
              SELECT
                `t14`.`person_id`,
                `t14`.`product`,
                SUM(`t14`.`amount`) AS `spent`
              FROM `t12` AS `t14`
              GROUP BY
                1,
                2
            ) AS `t37`
          ) AS `t51`
            ON `t56`.`product` = `t51`.`thing`
          INNER JOIN (
            SELECT
              `t60`.`person_id`,
              `t60`.`last`,
              `t60`.`store`,
              `t60`.`region`
            FROM (
              SELECT
                `t59`.`person_id`,
                `t59`.`last`,
                `t59`.`store`,
                `t53`.`person_id` AS `person_id_right`,
                `t53`.`region`
              FROM (
                SELECT
                  `t57`.`person_id`,
                  `t57`.`last`,
                  `t57`.`store`
                FROM (
                  SELECT
                    `t19`.`person_id`,
                    `t19`.`last`,
                    `t52`.`person_id` AS `person_id_right`,
                    `t52`.`store`
                  FROM (
                    SELECT
                      `t4`.`person_id`,
                      MAX(DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t4`.`day`)) AS `last`
                    FROM (
                      SELECT
                        *
                      FROM `orders` AS `t2`
                      WHERE
                        `t2`.`is_purchase` AND `t2`.`person_id` IS NOT NULL
                    ) AS `t4`
                    GROUP BY
                      1
                  ) AS `t19`
                  LEFT OUTER JOIN (
                    SELECT
                      `t32`.`person_id`,
                      `t32`.`store`
                    FROM (
                      SELECT
                        `t10`.`person_id`,
                        `t10`.`store`,
                        `t10`.`times`,
                        ROW_NUMBER() OVER (
                          PARTITION BY `t10`.`person_id`
                          ORDER BY `t10`.`times` DESC, `t10`.`store` ASC NULLS LAST
                        ) - 1 AS `place`
                      FROM (
                        SELECT
                          `t5`.`person_id`,
                          `t5`.`store`,
                          COUNT(*) AS `times`
                        FROM (
                          SELECT
                            *
                          FROM `orders` AS `t2`
                          WHERE
                            `t2`.`is_purchase` AND `t2`.`person_id` IS NOT NULL AND `t2`.`store` IS NOT NULL
                        ) AS `t5`
                        GROUP BY
                          1,
                          2
                      ) AS `t10`
                    ) AS `t32`
                    WHERE
                      `t32`.`place` = 0
                  ) AS `t52`
                    ON `t19`.`person_id` = `t52`.`person_id`
                ) AS `t57`
              ) AS `t59`
              LEFT OUTER JOIN (
                SELECT
                  `t33`.`person_id`,
                  `t33`.`region`
                FROM (
                  SELECT
                    `t11`.`person_id`,
                    `t11`.`region`,
                    `t11`.`times`,
                    ROW_NUMBER() OVER (
                      PARTITION BY `t11`.`person_id`
                      ORDER BY `t11`.`times` DESC, `t11`.`region` ASC NULLS LAST
                    ) - 1 AS `place`
                  FROM (
                    SELECT
                      `t6`.`person_id`,
                      `t6`.`region`,
                      COUNT(*) AS `times`
                    FROM (
                      SELECT
                        *
                      FROM `orders` AS `t2`
                      WHERE
                        `t2`.`is_purchase` AND `t2`.`person_id` IS NOT NULL AND `t2`.`region` IS NOT NULL
                    ) AS `t6`
                    GROUP BY
                      1,
                      2
                  ) AS `t11`
                ) AS `t33`
                WHERE
                  `t33`.`place` = 0
              ) AS `t53`
                ON `t59`.`person_id` = `t53`.`person_id`
            ) AS `t60`
          ) AS `t62`
            ON `t51`.`buyer` = `t62`.`person_id`
          INNER JOIN (
            SELECT
              `t35`.`person_id` AS `owner`,
              `t35`.`whole`
            FROM (
              SELECT
                `t14`.`person_id`,
                SUM(`t14`.`amount`) AS `whole`
              FROM `t12` AS `t14`
              GROUP BY
                1
            ) AS `t35`
          ) AS `t49`
            ON `t51`.`buyer` = `t49`.`owner`
        ) AS `t67`
        WHERE
          `t67`.`first` <= (
            `t67`.`last` + 30
          )
          AND `t67`.`until_number` > (
            (
              `t67`.`last` + 30
            ) - 90
          )
      ) AS `t74`
    ) AS `t78`
  ) AS `t82`
) AS `t83`;
