WITH `t8` AS (
  SELECT
    `t6`.`day`,
    `t6`.`orders`,
    EXTRACT(month FROM `t6`.`day`) AS `month`,
    DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t6`.`day`) AS `number`
  FROM (
    SELECT
      `t2`.`day`,
      COUNT(*) AS `orders`
    FROM (
      SELECT
        *
      FROM `orders` AS `t0`
      WHERE
        `t0`.`is_purchase`
    ) AS `t2`
    GROUP BY
      1
  ) AS `t6`
), `t16` AS (
  SELECT
    `t10`.`sku`,
    `t10`.`month`,
    AVG(`t10`.`log_price`) AS `log_price`,
    MIN(`t10`.`number`) AS `first_number`,
    MAX(`t10`.`number`) AS `last_number`,
    COUNT(*) AS `lines`
  FROM (
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
  ) AS `t10`
  GROUP BY
    1,
    2
), `t25` AS (
  SELECT
    `t12`.`person_id`,
    `t12`.`day`,
    `t12`.`gross`,
    `t12`.`orders`,
    `t12`.`number`,
    `t12`.`number` - NULLIF(
      LAG(`t12`.`number`) OVER (PARTITION BY `t12`.`person_id` ORDER BY `t12`.`number` ASC NULLS LAST),
      0
    ) AS `gap`
  FROM (
    SELECT
      `t7`.`person_id`,
      `t7`.`day`,
      `t7`.`gross`,
      `t7`.`orders`,
      DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t7`.`day`) AS `number`
    FROM (
      SELECT
        `t3`.`person_id`,
        `t3`.`day`,
        SUM(`t3`.`amount`) AS `gross`,
        COUNT(*) AS `orders`
      FROM (
        SELECT
          *
        FROM `orders` AS `t0`
        WHERE
          `t0`.`person_id` IS NOT NULL AND `t0`.`is_purchase`
      ) AS `t3`
      GROUP BY
        1,
        2
    ) AS `t7`
  ) AS `t12`
), `t33` AS (
  SELECT
    `t26`.`person_id`,
    MIN(`t26`.`day`) AS `first_day`,
    MAX(`t26`.`day`) AS `last_day`,
    MIN(`t26`.`number`) AS `first_number`,
    MIN(IF(`t26`.`gap` IS NOT NULL, `t26`.`number`, NULL)) AS `second_number`,
    MAX(`t26`.`number`) AS `last_number`,
    COUNT(*) AS `purchase_days`,
    SUM(`t26`.`orders`) AS `orders`,
    SUM(`t26`.`gross`) AS `gross`,
    SUM(CAST(FLOOR((
      LN(CAST(`t26`.`gross` AS DOUBLE)) * 1000000.0
    ) + 0.5) AS BIGINT)) AS `logs`,
    SUM(
      CAST(FLOOR((
        LN(CAST(`t26`.`gross` AS DOUBLE)) * 1000000.0
      ) + 0.5) AS BIGINT) * CAST(FLOOR((
        LN(CAST(`t26`.`gross` AS DOUBLE)) * 1000000.0
      ) + 0.5) AS BIGINT)
    ) AS `log_squares`,
    SUM(`t26`.`gap` * `t26`.`gap`) AS `gap_squares`,
    MAX((
      `t26`.`gap` * 1048576
    ) + (
      `t26`.`number` + 524288
    )) AS `absence_code`,
    MAX((
      (
        `t26`.`number` + 524288
      ) * 1048576
    ) + `t26`.`gap`) % 1048576 AS `last_gap`
  FROM `t25` AS `t26`
  GROUP BY
    1
)
SELECT
  `t62`.`person_id`,
  IF(`t62`.`has_returns`, COALESCE(`t62`.`returned_near_end`, 0.0), CAST(NULL AS DOUBLE)) AS `returned_near_end`,
  `t62`.`price_rise`,
  `t62`.`gone_share`,
  `t62`.`gap_sd` / NULLIF(`t62`.`gap_mean`, 0.0) AS `regularity`,
  `t62`.`purchase_days` = 1 AS `one_purchase`,
  IF(`t62`.`has_year`, COALESCE(`t62`.`only_peak` = 1, FALSE), CAST(NULL AS BOOLEAN)) AS `season_gift`,
  CAST(NULL AS DOUBLE) AS `delivery_failed`,
  CAST(NULL AS DOUBLE) AS `complaint_unanswered`,
  CAST(NULL AS DOUBLE) AS `complaint_service`,
  CAST(NULL AS DOUBLE) AS `complaint_product`,
  CAST(NULL AS DOUBLE) AS `clerk_left`,
  CAST(NULL AS DOUBLE) AS `out_of_stock`,
  CAST(NULL AS DOUBLE) AS `price_told`,
  CAST(NULL AS DOUBLE) AS `rival_opened`,
  CAST(NULL AS DOUBLE) AS `store_gone`,
  CAST(NULL AS DOUBLE) AS `our_messages`,
  CAST(NULL AS DOUBLE) AS `payment_failed`
FROM (
  SELECT
    `t61`.`person_id`,
    `t61`.`first_day`,
    `t61`.`last_day`,
    `t61`.`first_number`,
    `t61`.`second_number`,
    `t61`.`last_number`,
    `t61`.`purchase_days`,
    `t61`.`orders`,
    `t61`.`gross`,
    `t61`.`logs`,
    `t61`.`log_squares`,
    `t61`.`gap_squares`,
    `t61`.`absence_code`,
    `t61`.`last_gap`,
    `t61`.`spend_mean`,
    `t61`.`spend_log_sd`,
    `t61`.`gap_mean`,
    `t61`.`gap_sd`,
    `t61`.`absence`,
    `t61`.`back_day`,
    `t61`.`returned_near_end`,
    `t61`.`price_rise`,
    `t61`.`gone_share`,
    `t61`.`only_peak`,
    `t14`.`has_returns`,
    `t14`.`has_year`
  FROM (
    SELECT
      `t59`.`person_id`,
      `t59`.`first_day`,
      `t59`.`last_day`,
      `t59`.`first_number`,
      `t59`.`second_number`,
      `t59`.`last_number`,
      `t59`.`purchase_days`,
      `t59`.`orders`,
      `t59`.`gross`,
      `t59`.`logs`,
      `t59`.`log_squares`,
      `t59`.`gap_squares`,
      `t59`.`absence_code`,
      `t59`.`last_gap`,
      `t59`.`spend_mean`,
      `t59`.`spend_log_sd`,
      `t59`.`gap_mean`,
      `t59`.`gap_sd`,
      `t59`.`absence`,
      `t59`.`back_day`,
      `t59`.`returned_near_end`,
      `t59`.`price_rise`,
      `t59`.`gone_share`,
      `t59`.`only_peak`
    FROM (
      SELECT
        `t58`.`person_id`,
        `t58`.`first_day`,
        `t58`.`last_day`,
        `t58`.`first_number`,
        `t58`.`second_number`,
        `t58`.`last_number`,
        `t58`.`purchase_days`,
        `t58`.`orders`,
        `t58`.`gross`,
        `t58`.`logs`,
        `t58`.`log_squares`,
        `t58`.`gap_squares`,
        `t58`.`absence_code`,
        `t58`.`last_gap`,
        `t58`.`spend_mean`,
        `t58`.`spend_log_sd`,
        `t58`.`gap_mean`,
        `t58`.`gap_sd`,
        `t58`.`absence`,
        `t58`.`back_day`,
        `t58`.`returned_near_end`,
        `t58`.`price_rise`,
        `t58`.`gone_share`,
        `t41`.`person_id` AS `person_id_right`,
        `t41`.`only_peak`
      FROM (
        SELECT
          `t56`.`person_id`,
          `t56`.`first_day`,
          `t56`.`last_day`,
          `t56`.`first_number`,
          `t56`.`second_number`,
          `t56`.`last_number`,
          `t56`.`purchase_days`,
          `t56`.`orders`,
          `t56`.`gross`,
          `t56`.`logs`,
          `t56`.`log_squares`,
          `t56`.`gap_squares`,
          `t56`.`absence_code`,
          `t56`.`last_gap`,
          `t56`.`spend_mean`,
          `t56`.`spend_log_sd`,
          `t56`.`gap_mean`,
          `t56`.`gap_sd`,
          `t56`.`absence`,
          `t56`.`back_day`,
          `t56`.`returned_near_end`,
          `t56`.`price_rise`,
          `t56`.`gone_share`
        FROM (
          SELECT
            `t55`.`person_id`,
            `t55`.`first_day`,
            `t55`.`last_day`,
            `t55`.`first_number`,
            `t55`.`second_number`,
            `t55`.`last_number`,
            `t55`.`purchase_days`,
            `t55`.`orders`,
            `t55`.`gross`,
            `t55`.`logs`,
            `t55`.`log_squares`,
            `t55`.`gap_squares`,
            `t55`.`absence_code`,
            `t55`.`last_gap`,
            `t55`.`spend_mean`,
            `t55`.`spend_log_sd`,
            `t55`.`gap_mean`,
            `t55`.`gap_sd`,
            `t55`.`absence`,
            `t55`.`back_day`,
            `t55`.`returned_near_end`,
            `t51`.`person_id` AS `person_id_right`,
            `t51`.`price_rise`,
            `t51`.`gone_share`
          FROM (
            SELECT
              `t53`.`person_id`,
              `t53`.`first_day`,
              `t53`.`last_day`,
              `t53`.`first_number`,
              `t53`.`second_number`,
              `t53`.`last_number`,
              `t53`.`purchase_days`,
              `t53`.`orders`,
              `t53`.`gross`,
              `t53`.`logs`,
              `t53`.`log_squares`,
              `t53`.`gap_squares`,
              `t53`.`absence_code`,
              `t53`.`last_gap`,
              `t53`.`spend_mean`,
              `t53`.`spend_log_sd`,
              `t53`.`gap_mean`,
              `t53`.`gap_sd`,
              `t53`.`absence`,
              `t53`.`back_day`,
              `t53`.`returned_near_end`
            FROM (
              SELECT
                `t48`.`person_id`,
                `t48`.`first_day`,
                `t48`.`last_day`,
                `t48`.`first_number`,
                `t48`.`second_number`,
                `t48`.`last_number`,
                `t48`.`purchase_days`,
                `t48`.`orders`,
                `t48`.`gross`,
                `t48`.`logs`,
                `t48`.`log_squares`,
                `t48`.`gap_squares`,
                `t48`.`absence_code`,
                `t48`.`last_gap`,
                `t48`.`spend_mean`,
                `t48`.`spend_log_sd`,
                `t48`.`gap_mean`,
                `t48`.`gap_sd`,
                `t48`.`absence`,
                `t48`.`back_day`,
                `t52`.`person_id` AS `person_id_right`,
                `t52`.`returned_near_end`
              FROM (
                SELECT
                  `t34`.`person_id`,
                  `t34`.`first_day`,
                  `t34`.`last_day`,
                  `t34`.`first_number`,
                  `t34`.`second_number`,
                  `t34`.`last_number`,
                  `t34`.`purchase_days`,
                  `t34`.`orders`,
                  `t34`.`gross`,
                  `t34`.`logs`,
                  `t34`.`log_squares`,
                  `t34`.`gap_squares`,
                  `t34`.`absence_code`,
                  `t34`.`last_gap`,
                  CAST(`t34`.`gross` AS DOUBLE) / NULLIF(CAST(`t34`.`purchase_days` AS DOUBLE), 0.0) AS `spend_mean`,
                  CAST(FLOOR(
                    (
                      (
                        SQRT(
                          ABS(
                            CAST(`t34`.`log_squares` AS DOUBLE) - (
                              (
                                CAST(`t34`.`logs` AS DOUBLE) * CAST(`t34`.`logs` AS DOUBLE)
                              ) / NULLIF(CAST(`t34`.`purchase_days` AS DOUBLE), 0.0)
                            )
                          ) / NULLIF(CAST(`t34`.`purchase_days` AS DOUBLE) - 1.0, 0.0)
                        ) / 1000000.0
                      ) * 1000000.0
                    ) + 0.5
                  ) AS BIGINT) / 1000000.0 AS `spend_log_sd`,
                  CAST(`t34`.`last_number` - `t34`.`first_number` AS DOUBLE) / NULLIF(CAST(`t34`.`purchase_days` - 1 AS DOUBLE), 0.0) AS `gap_mean`,
                  SQRT(
                    ABS(
                      CAST(`t34`.`gap_squares` AS DOUBLE) - (
                        (
                          CAST(`t34`.`last_number` - `t34`.`first_number` AS DOUBLE) * CAST(`t34`.`last_number` - `t34`.`first_number` AS DOUBLE)
                        ) / NULLIF(CAST(`t34`.`purchase_days` - 1 AS DOUBLE), 0.0)
                      )
                    ) / NULLIF(CAST(`t34`.`purchase_days` - 1 AS DOUBLE) - 1.0, 0.0)
                  ) AS `gap_sd`,
                  CAST(FLOOR((
                    `t34`.`absence_code`
                  ) / (
                    1048576
                  )) AS BIGINT) AS `absence`,
                  MAKE_DATE(1970, 1, 1) + CAST(CONCAT(
                    CAST((
                      `t34`.`absence_code` - (
                        CAST(FLOOR((
                          `t34`.`absence_code`
                        ) / (
                          1048576
                        )) AS BIGINT) * 1048576
                      )
                    ) - 524288 AS INT),
                    ' days'
                  ) AS INTERVAL) AS `back_day`
                FROM `t33` AS `t34`
              ) AS `t48`
              LEFT OUTER JOIN (
                SELECT
                  `t46`.`person_id`,
                  IF(
                    IF(
                      (
                        CAST(SUM(`t46`.`returned`) AS DOUBLE) / NULLIF(CAST(SUM(IF(`t46`.`is_purchase`, `t46`.`amount`, 0)) AS DOUBLE), 0.0)
                      ) IS NULL,
                      CAST(SUM(`t46`.`returned`) AS DOUBLE) / NULLIF(CAST(SUM(IF(`t46`.`is_purchase`, `t46`.`amount`, 0)) AS DOUBLE), 0.0),
                      LEAST(
                        1.0,
                        CAST(SUM(`t46`.`returned`) AS DOUBLE) / NULLIF(CAST(SUM(IF(`t46`.`is_purchase`, `t46`.`amount`, 0)) AS DOUBLE), 0.0)
                      )
                    ) IS NULL,
                    IF(
                      (
                        CAST(SUM(`t46`.`returned`) AS DOUBLE) / NULLIF(CAST(SUM(IF(`t46`.`is_purchase`, `t46`.`amount`, 0)) AS DOUBLE), 0.0)
                      ) IS NULL,
                      CAST(SUM(`t46`.`returned`) AS DOUBLE) / NULLIF(CAST(SUM(IF(`t46`.`is_purchase`, `t46`.`amount`, 0)) AS DOUBLE), 0.0),
                      LEAST(
                        1.0,
                        CAST(SUM(`t46`.`returned`) AS DOUBLE) / NULLIF(CAST(SUM(IF(`t46`.`is_purchase`, `t46`.`amount`, 0)) AS DOUBLE), 0.0)
                      )
                    ),
                    GREATEST(
                      0.0,
                      IF(
                        (
                          CAST(SUM(`t46`.`returned`) AS DOUBLE) / NULLIF(CAST(SUM(IF(`t46`.`is_purchase`, `t46`.`amount`, 0)) AS DOUBLE), 0.0)
                        ) IS NULL,
                        CAST(SUM(`t46`.`returned`) AS DOUBLE) / NULLIF(CAST(SUM(IF(`t46`.`is_purchase`, `t46`.`amount`, 0)) AS DOUBLE), 0.0),
                        LEAST(
                          1.0,
                          CAST(SUM(`t46`.`returned`) AS DOUBLE) / NULLIF(CAST(SUM(IF(`t46`.`is_purchase`, `t46`.`amount`, 0)) AS DOUBLE), 0.0)
                        )
                      )
                    )
                  ) AS `returned_near_end`
                FROM (
                  SELECT
                    *
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
                      `t40`.`end`
                    FROM (
                      SELECT
                        *
                      FROM `orders` AS `t0`
                      WHERE
                        `t0`.`person_id` IS NOT NULL
                    ) AS `t5`
                    INNER JOIN (
                      SELECT
                        `t34`.`person_id`,
                        `t34`.`last_number` + 30 AS `end`
                      FROM `t33` AS `t34`
                    ) AS `t40`
                      ON `t5`.`person_id` = `t40`.`person_id`
                  ) AS `t44`
                  WHERE
                    DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t44`.`day`) <= `t44`.`end`
                    AND DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t44`.`day`) > (
                      `t44`.`end` - 90
                    )
                ) AS `t46`
                GROUP BY
                  1
              ) AS `t52`
                ON `t48`.`person_id` = `t52`.`person_id`
            ) AS `t53`
          ) AS `t55`
          LEFT OUTER JOIN (
            SELECT
              `t45`.`person_id`,
              CAST(FLOOR(
                (
                  (
                    SUM(CAST(`t45`.`spent` AS DOUBLE) * (
                      `t45`.`latest` - `t45`.`then_price`
                    )) / NULLIF(CAST(SUM(`t45`.`spent`) AS DOUBLE), 0.0)
                  ) * 1000000.0
                ) + 0.5
              ) AS BIGINT) / 1000000.0 AS `price_rise`,
              CAST(SUM(
                IF(
                  (
                    `t45`.`stopped` = 1
                  )
                  AND (
                    (
                      `t45`.`last_sold` - `t45`.`last_number`
                    ) >= 0
                  )
                  AND (
                    (
                      `t45`.`last_sold` - `t45`.`last_number`
                    ) <= 90
                  ),
                  `t45`.`spent`,
                  0
                )
              ) AS DOUBLE) / NULLIF(CAST(SUM(`t45`.`spent`) AS DOUBLE), 0.0) AS `gone_share`
            FROM (
              SELECT
                `t17`.`person_id`,
                `t17`.`sku`,
                `t17`.`spent`,
                `t17`.`month`,
                `t24`.`then_sku`,
                `t24`.`then_month`,
                `t24`.`then_price`,
                `t43`.`product_sku`,
                `t43`.`latest`,
                `t43`.`last_sold`,
                `t43`.`stopped`,
                `t37`.`last_number`
              FROM (
                SELECT
                  `t9`.`person_id`,
                  `t9`.`sku`,
                  SUM(`t9`.`amount`) AS `spent`,
                  MAX(`t9`.`month`) AS `month`
                FROM (
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
                ) AS `t9`
                GROUP BY
                  1,
                  2
              ) AS `t17`
              INNER JOIN (
                SELECT
                  `t18`.`sku` AS `then_sku`,
                  `t18`.`month` AS `then_month`,
                  `t18`.`log_price` AS `then_price`
                FROM `t16` AS `t18`
              ) AS `t24`
                ON `t17`.`sku` = `t24`.`then_sku` AND `t17`.`month` = `t24`.`then_month`
              INNER JOIN (
                SELECT
                  `t29`.`sku` AS `product_sku`,
                  `t29`.`latest`,
                  `t29`.`last_number` AS `last_sold`,
                  CAST(IF(
                    CAST(15309 - `t29`.`last_number` AS DOUBLE) > GREATEST(
                      (
                        CAST((
                          `t29`.`last_number` - `t29`.`first_number`
                        ) + 1 AS DOUBLE) / NULLIF(CAST(`t29`.`lines` AS DOUBLE), 0.0)
                      ) * 10.0,
                      60.0
                    ),
                    1,
                    0
                  ) AS BIGINT) AS `stopped`
                FROM (
                  SELECT
                    `t27`.`sku`,
                    MAX(IF(`t27`.`is_newest`, `t27`.`log_price`, NULL)) AS `latest`,
                    MIN(`t27`.`first_number`) AS `first_number`,
                    MAX(`t27`.`last_number`) AS `last_number`,
                    SUM(`t27`.`lines`) AS `lines`
                  FROM (
                    SELECT
                      `t18`.`sku`,
                      `t18`.`month`,
                      `t18`.`log_price`,
                      `t18`.`first_number`,
                      `t18`.`last_number`,
                      `t18`.`lines`,
                      `t18`.`month` = MAX(`t18`.`month`) OVER (PARTITION BY `t18`.`sku` ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `is_newest`
                    FROM `t16` AS `t18`
                  ) AS `t27`
                  GROUP BY
                    1
                ) AS `t29`
              ) AS `t43`
                ON `t17`.`sku` = `t43`.`product_sku`
              INNER JOIN (
                SELECT
                  `t34`.`person_id`,
                  `t34`.`last_number`
                FROM `t33` AS `t34`
              ) AS `t37`
                ON `t17`.`person_id` = `t37`.`person_id`
            ) AS `t45`
            GROUP BY
              1
          ) AS `t51`
            ON `t55`.`person_id` = `t51`.`person_id`
        ) AS `t56`
      ) AS `t58`
      LEFT OUTER JOIN (
        SELECT
          `t35`.`person_id`,
          MIN(`t35`.`peak`) AS `only_peak`
        FROM (
          SELECT
            `t30`.`person_id`,
            `t30`.`month`,
            `t32`.`peak`
          FROM (
            SELECT
              `t26`.`person_id`,
              EXTRACT(month FROM `t26`.`day`) AS `month`
            FROM `t25` AS `t26`
          ) AS `t30`
          INNER JOIN (
            SELECT
              `t22`.`month`,
              CAST(IF(
                (
                  `t22`.`pace` >= (
                    `t23`.`usual` * 1.25
                  )
                )
                AND (
                  `t23`.`log_days` >= 365
                ),
                1,
                0
              ) AS BIGINT) AS `peak`
            FROM (
              SELECT
                `t11`.`month`,
                CAST(SUM(`t11`.`orders`) AS DOUBLE) / NULLIF(CAST(COUNT(*) AS DOUBLE), 0.0) AS `pace`
              FROM `t8` AS `t11`
              GROUP BY
                1
            ) AS `t22`
            CROSS JOIN (
              SELECT
                CAST(SUM(`t11`.`orders`) AS DOUBLE) / NULLIF(CAST(COUNT(*) AS DOUBLE), 0.0) AS `usual`,
                (
                  MAX(`t11`.`number`) - MIN(`t11`.`number`)
                ) + 1 AS `log_days`
              FROM `t8` AS `t11`
            ) AS `t23`
          ) AS `t32`
            ON `t30`.`month` = `t32`.`month`
        ) AS `t35`
        GROUP BY
          1
      ) AS `t41`
        ON `t58`.`person_id` = `t41`.`person_id`
    ) AS `t59`
  ) AS `t61`
  CROSS JOIN (
    SELECT
      COALESCE(SUM(`t0`.`return_lines`) > 0, FALSE) AS `has_returns`,
      COALESCE(
        (
          (
            MAX(
              IF(
                `t0`.`is_purchase`,
                DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t0`.`day`),
                CAST(NULL AS BIGINT)
              )
            ) - MIN(
              IF(
                `t0`.`is_purchase`,
                DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t0`.`day`),
                CAST(NULL AS BIGINT)
              )
            )
          ) + 1
        ) >= 365,
        FALSE
      ) AS `has_year`
    FROM `orders` AS `t0`
  ) AS `t14`
) AS `t62`;
