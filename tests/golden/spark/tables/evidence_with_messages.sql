WITH `t18` AS (
  SELECT
    `t10`.`day`,
    `t10`.`orders`,
    EXTRACT(month FROM `t10`.`day`) AS `month`,
    DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t10`.`day`) AS `number`
  FROM (
    SELECT
      `t3`.`day`,
      COUNT(*) AS `orders`
    FROM (
      SELECT
        *
      FROM `orders` AS `t1`
      WHERE
        `t1`.`is_purchase`
    ) AS `t3`
    GROUP BY
      1
  ) AS `t10`
), `t29` AS (
  SELECT
    `t20`.`sku`,
    `t20`.`month`,
    AVG(`t20`.`log_price`) AS `log_price`,
    MIN(`t20`.`number`) AS `first_number`,
    MAX(`t20`.`number`) AS `last_number`,
    COUNT(*) AS `lines`
  FROM (
    SELECT
      `t2`.`source`,
      `t2`.`order_id`,
      `t2`.`line_id`,
      `t2`.`row`,
      `t2`.`member_no`,
      `t2`.`phone`,
      `t2`.`email`,
      `t2`.`name`,
      `t2`.`address`,
      `t2`.`birthday`,
      `t2`.`ordered_at`,
      `t2`.`day`,
      `t2`.`sku`,
      `t2`.`product`,
      `t2`.`category`,
      `t2`.`quantity`,
      `t2`.`amount`,
      `t2`.`cost`,
      `t2`.`store`,
      `t2`.`channel`,
      `t2`.`region`,
      `t2`.`campaign`,
      `t2`.`discount`,
      `t2`.`return_reason`,
      `t2`.`is_return`,
      `t2`.`is_product`,
      `t2`.`line_key`,
      `t2`.`batch`,
      `t2`.`loaded_at`,
      `t2`.`person_id`,
      DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t2`.`day`) AS `number`,
      (
        (
          CAST(EXTRACT(year FROM `t2`.`day`) AS BIGINT) * 12
        ) + CAST(EXTRACT(month FROM `t2`.`day`) AS BIGINT)
      ) - 1 AS `month`,
      LN(CAST(`t2`.`amount` AS DOUBLE) / NULLIF(`t2`.`quantity`, 0.0)) AS `log_price`
    FROM `lines` AS `t2`
    WHERE
      `t2`.`ordered_at` < CAST('2011-12-01T00:00:00' AS TIMESTAMP)
      AND `t2`.`is_product`
      AND NOT (
        `t2`.`is_return`
      )
      AND `t2`.`amount` > 0
      AND `t2`.`quantity` > 0
      AND `t2`.`sku` IS NOT NULL
  ) AS `t20`
  GROUP BY
    1,
    2
), `t44` AS (
  SELECT
    `t23`.`person_id`,
    `t23`.`day`,
    `t23`.`gross`,
    `t23`.`orders`,
    `t23`.`number`,
    `t23`.`number` - NULLIF(
      LAG(`t23`.`number`) OVER (PARTITION BY `t23`.`person_id` ORDER BY `t23`.`number` ASC NULLS LAST),
      0
    ) AS `gap`
  FROM (
    SELECT
      `t16`.`person_id`,
      `t16`.`day`,
      `t16`.`gross`,
      `t16`.`orders`,
      DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t16`.`day`) AS `number`
    FROM (
      SELECT
        `t4`.`person_id`,
        `t4`.`day`,
        SUM(`t4`.`amount`) AS `gross`,
        COUNT(*) AS `orders`
      FROM (
        SELECT
          *
        FROM `orders` AS `t1`
        WHERE
          `t1`.`person_id` IS NOT NULL AND `t1`.`is_purchase`
      ) AS `t4`
      GROUP BY
        1,
        2
    ) AS `t16`
  ) AS `t23`
), `t55` AS (
  SELECT
    `t45`.`person_id`,
    MIN(`t45`.`day`) AS `first_day`,
    MAX(`t45`.`day`) AS `last_day`,
    MIN(`t45`.`number`) AS `first_number`,
    MIN(IF(`t45`.`gap` IS NOT NULL, `t45`.`number`, NULL)) AS `second_number`,
    MAX(`t45`.`number`) AS `last_number`,
    COUNT(*) AS `purchase_days`,
    SUM(`t45`.`orders`) AS `orders`,
    SUM(`t45`.`gross`) AS `gross`,
    SUM(CAST(FLOOR((
      LN(CAST(`t45`.`gross` AS DOUBLE)) * 1000000.0
    ) + 0.5) AS BIGINT)) AS `logs`,
    SUM(
      CAST(FLOOR((
        LN(CAST(`t45`.`gross` AS DOUBLE)) * 1000000.0
      ) + 0.5) AS BIGINT) * CAST(FLOOR((
        LN(CAST(`t45`.`gross` AS DOUBLE)) * 1000000.0
      ) + 0.5) AS BIGINT)
    ) AS `log_squares`,
    SUM(`t45`.`gap` * `t45`.`gap`) AS `gap_squares`,
    MAX((
      `t45`.`gap` * 1048576
    ) + (
      `t45`.`number` + 524288
    )) AS `absence_code`,
    MAX((
      (
        `t45`.`number` + 524288
      ) * 1048576
    ) + `t45`.`gap`) % 1048576 AS `last_gap`
  FROM `t44` AS `t45`
  GROUP BY
    1
)
SELECT
  `t94`.`person_id`,
  IF(`t94`.`has_returns`, COALESCE(`t94`.`returned_near_end`, 0.0), CAST(NULL AS DOUBLE)) AS `returned_near_end`,
  `t94`.`price_rise`,
  `t94`.`gone_share`,
  `t94`.`gap_sd` / NULLIF(`t94`.`gap_mean`, 0.0) AS `regularity`,
  `t94`.`purchase_days` = 1 AS `one_purchase`,
  IF(`t94`.`has_year`, COALESCE(`t94`.`only_peak` = 1, FALSE), CAST(NULL AS BOOLEAN)) AS `season_gift`,
  IF(
    `t94`.`delivery_failed_kept` > 0,
    IF(
      IF(
        COALESCE(`t94`.`delivery_failed_sum`, 0.0) IS NULL,
        COALESCE(`t94`.`delivery_failed_sum`, 0.0),
        LEAST(1.0, COALESCE(`t94`.`delivery_failed_sum`, 0.0))
      ) IS NULL,
      IF(
        COALESCE(`t94`.`delivery_failed_sum`, 0.0) IS NULL,
        COALESCE(`t94`.`delivery_failed_sum`, 0.0),
        LEAST(1.0, COALESCE(`t94`.`delivery_failed_sum`, 0.0))
      ),
      GREATEST(
        0.0,
        IF(
          COALESCE(`t94`.`delivery_failed_sum`, 0.0) IS NULL,
          COALESCE(`t94`.`delivery_failed_sum`, 0.0),
          LEAST(1.0, COALESCE(`t94`.`delivery_failed_sum`, 0.0))
        )
      )
    ),
    CAST(NULL AS DOUBLE)
  ) AS `delivery_failed`,
  IF(
    `t94`.`complaint_unanswered_kept` > 0,
    IF(
      IF(
        COALESCE(`t94`.`complaint_unanswered_sum`, 0.0) IS NULL,
        COALESCE(`t94`.`complaint_unanswered_sum`, 0.0),
        LEAST(1.0, COALESCE(`t94`.`complaint_unanswered_sum`, 0.0))
      ) IS NULL,
      IF(
        COALESCE(`t94`.`complaint_unanswered_sum`, 0.0) IS NULL,
        COALESCE(`t94`.`complaint_unanswered_sum`, 0.0),
        LEAST(1.0, COALESCE(`t94`.`complaint_unanswered_sum`, 0.0))
      ),
      GREATEST(
        0.0,
        IF(
          COALESCE(`t94`.`complaint_unanswered_sum`, 0.0) IS NULL,
          COALESCE(`t94`.`complaint_unanswered_sum`, 0.0),
          LEAST(1.0, COALESCE(`t94`.`complaint_unanswered_sum`, 0.0))
        )
      )
    ),
    CAST(NULL AS DOUBLE)
  ) AS `complaint_unanswered`,
  IF(
    `t94`.`complaint_service_kept` > 0,
    IF(
      IF(
        COALESCE(`t94`.`complaint_service_sum`, 0.0) IS NULL,
        COALESCE(`t94`.`complaint_service_sum`, 0.0),
        LEAST(1.0, COALESCE(`t94`.`complaint_service_sum`, 0.0))
      ) IS NULL,
      IF(
        COALESCE(`t94`.`complaint_service_sum`, 0.0) IS NULL,
        COALESCE(`t94`.`complaint_service_sum`, 0.0),
        LEAST(1.0, COALESCE(`t94`.`complaint_service_sum`, 0.0))
      ),
      GREATEST(
        0.0,
        IF(
          COALESCE(`t94`.`complaint_service_sum`, 0.0) IS NULL,
          COALESCE(`t94`.`complaint_service_sum`, 0.0),
          LEAST(1.0, COALESCE(`t94`.`complaint_service_sum`, 0.0))
        )
      )
    ),
    CAST(NULL AS DOUBLE)
  ) AS `complaint_service`,
  IF(
    `t94`.`complaint_product_kept` > 0,
    IF(
      IF(
        COALESCE(`t94`.`complaint_product_sum`, 0.0) IS NULL,
        COALESCE(`t94`.`complaint_product_sum`, 0.0),
        LEAST(1.0, COALESCE(`t94`.`complaint_product_sum`, 0.0))
      ) IS NULL,
      IF(
        COALESCE(`t94`.`complaint_product_sum`, 0.0) IS NULL,
        COALESCE(`t94`.`complaint_product_sum`, 0.0),
        LEAST(1.0, COALESCE(`t94`.`complaint_product_sum`, 0.0))
      ),
      GREATEST(
        0.0,
        IF(
          COALESCE(`t94`.`complaint_product_sum`, 0.0) IS NULL,
          COALESCE(`t94`.`complaint_product_sum`, 0.0),
          LEAST(1.0, COALESCE(`t94`.`complaint_product_sum`, 0.0))
        )
      )
    ),
    CAST(NULL AS DOUBLE)
  ) AS `complaint_product`,
  IF(
    `t94`.`clerk_left_kept` > 0,
    IF(
      IF(
        COALESCE(`t94`.`clerk_left_sum`, 0.0) IS NULL,
        COALESCE(`t94`.`clerk_left_sum`, 0.0),
        LEAST(1.0, COALESCE(`t94`.`clerk_left_sum`, 0.0))
      ) IS NULL,
      IF(
        COALESCE(`t94`.`clerk_left_sum`, 0.0) IS NULL,
        COALESCE(`t94`.`clerk_left_sum`, 0.0),
        LEAST(1.0, COALESCE(`t94`.`clerk_left_sum`, 0.0))
      ),
      GREATEST(
        0.0,
        IF(
          COALESCE(`t94`.`clerk_left_sum`, 0.0) IS NULL,
          COALESCE(`t94`.`clerk_left_sum`, 0.0),
          LEAST(1.0, COALESCE(`t94`.`clerk_left_sum`, 0.0))
        )
      )
    ),
    CAST(NULL AS DOUBLE)
  ) AS `clerk_left`,
  IF(
    `t94`.`out_of_stock_kept` > 0,
    IF(
      IF(
        COALESCE(`t94`.`out_of_stock_sum`, 0.0) IS NULL,
        COALESCE(`t94`.`out_of_stock_sum`, 0.0),
        LEAST(1.0, COALESCE(`t94`.`out_of_stock_sum`, 0.0))
      ) IS NULL,
      IF(
        COALESCE(`t94`.`out_of_stock_sum`, 0.0) IS NULL,
        COALESCE(`t94`.`out_of_stock_sum`, 0.0),
        LEAST(1.0, COALESCE(`t94`.`out_of_stock_sum`, 0.0))
      ),
      GREATEST(
        0.0,
        IF(
          COALESCE(`t94`.`out_of_stock_sum`, 0.0) IS NULL,
          COALESCE(`t94`.`out_of_stock_sum`, 0.0),
          LEAST(1.0, COALESCE(`t94`.`out_of_stock_sum`, 0.0))
        )
      )
    ),
    CAST(NULL AS DOUBLE)
  ) AS `out_of_stock`,
  IF(
    `t94`.`price_told_kept` > 0,
    IF(
      IF(
        COALESCE(`t94`.`price_told_sum`, 0.0) IS NULL,
        COALESCE(`t94`.`price_told_sum`, 0.0),
        LEAST(1.0, COALESCE(`t94`.`price_told_sum`, 0.0))
      ) IS NULL,
      IF(
        COALESCE(`t94`.`price_told_sum`, 0.0) IS NULL,
        COALESCE(`t94`.`price_told_sum`, 0.0),
        LEAST(1.0, COALESCE(`t94`.`price_told_sum`, 0.0))
      ),
      GREATEST(
        0.0,
        IF(
          COALESCE(`t94`.`price_told_sum`, 0.0) IS NULL,
          COALESCE(`t94`.`price_told_sum`, 0.0),
          LEAST(1.0, COALESCE(`t94`.`price_told_sum`, 0.0))
        )
      )
    ),
    CAST(NULL AS DOUBLE)
  ) AS `price_told`,
  IF(
    `t94`.`rival_opened_kept` > 0,
    IF(
      IF(
        COALESCE(`t94`.`rival_opened_sum`, 0.0) IS NULL,
        COALESCE(`t94`.`rival_opened_sum`, 0.0),
        LEAST(1.0, COALESCE(`t94`.`rival_opened_sum`, 0.0))
      ) IS NULL,
      IF(
        COALESCE(`t94`.`rival_opened_sum`, 0.0) IS NULL,
        COALESCE(`t94`.`rival_opened_sum`, 0.0),
        LEAST(1.0, COALESCE(`t94`.`rival_opened_sum`, 0.0))
      ),
      GREATEST(
        0.0,
        IF(
          COALESCE(`t94`.`rival_opened_sum`, 0.0) IS NULL,
          COALESCE(`t94`.`rival_opened_sum`, 0.0),
          LEAST(1.0, COALESCE(`t94`.`rival_opened_sum`, 0.0))
        )
      )
    ),
    CAST(NULL AS DOUBLE)
  ) AS `rival_opened`,
  IF(
    `t94`.`store_gone_kept` > 0,
    IF(
      IF(
        COALESCE(`t94`.`store_gone_sum`, 0.0) IS NULL,
        COALESCE(`t94`.`store_gone_sum`, 0.0),
        LEAST(1.0, COALESCE(`t94`.`store_gone_sum`, 0.0))
      ) IS NULL,
      IF(
        COALESCE(`t94`.`store_gone_sum`, 0.0) IS NULL,
        COALESCE(`t94`.`store_gone_sum`, 0.0),
        LEAST(1.0, COALESCE(`t94`.`store_gone_sum`, 0.0))
      ),
      GREATEST(
        0.0,
        IF(
          COALESCE(`t94`.`store_gone_sum`, 0.0) IS NULL,
          COALESCE(`t94`.`store_gone_sum`, 0.0),
          LEAST(1.0, COALESCE(`t94`.`store_gone_sum`, 0.0))
        )
      )
    ),
    CAST(NULL AS DOUBLE)
  ) AS `store_gone`,
  IF(
    `t94`.`our_messages_kept` > 0,
    COALESCE(`t94`.`our_messages_sum`, 0.0),
    CAST(NULL AS DOUBLE)
  ) AS `our_messages`,
  IF(
    `t94`.`payment_failed_kept` > 0,
    IF(
      IF(
        COALESCE(`t94`.`payment_failed_sum`, 0.0) IS NULL,
        COALESCE(`t94`.`payment_failed_sum`, 0.0),
        LEAST(1.0, COALESCE(`t94`.`payment_failed_sum`, 0.0))
      ) IS NULL,
      IF(
        COALESCE(`t94`.`payment_failed_sum`, 0.0) IS NULL,
        COALESCE(`t94`.`payment_failed_sum`, 0.0),
        LEAST(1.0, COALESCE(`t94`.`payment_failed_sum`, 0.0))
      ),
      GREATEST(
        0.0,
        IF(
          COALESCE(`t94`.`payment_failed_sum`, 0.0) IS NULL,
          COALESCE(`t94`.`payment_failed_sum`, 0.0),
          LEAST(1.0, COALESCE(`t94`.`payment_failed_sum`, 0.0))
        )
      )
    ),
    CAST(NULL AS DOUBLE)
  ) AS `payment_failed`
FROM (
  SELECT
    `t93`.`person_id`,
    `t93`.`first_day`,
    `t93`.`last_day`,
    `t93`.`first_number`,
    `t93`.`second_number`,
    `t93`.`last_number`,
    `t93`.`purchase_days`,
    `t93`.`orders`,
    `t93`.`gross`,
    `t93`.`logs`,
    `t93`.`log_squares`,
    `t93`.`gap_squares`,
    `t93`.`absence_code`,
    `t93`.`last_gap`,
    `t93`.`spend_mean`,
    `t93`.`spend_log_sd`,
    `t93`.`gap_mean`,
    `t93`.`gap_sd`,
    `t93`.`absence`,
    `t93`.`back_day`,
    `t93`.`returned_near_end`,
    `t93`.`price_rise`,
    `t93`.`gone_share`,
    `t93`.`only_peak`,
    `t93`.`has_returns`,
    `t93`.`has_year`,
    `t93`.`delivery_failed_sum`,
    `t93`.`complaint_unanswered_sum`,
    `t93`.`complaint_service_sum`,
    `t93`.`complaint_product_sum`,
    `t93`.`clerk_left_sum`,
    `t93`.`out_of_stock_sum`,
    `t93`.`price_told_sum`,
    `t93`.`rival_opened_sum`,
    `t93`.`store_gone_sum`,
    `t93`.`our_messages_sum`,
    `t93`.`payment_failed_sum`,
    `t33`.`delivery_failed_kept`,
    `t33`.`complaint_unanswered_kept`,
    `t33`.`complaint_service_kept`,
    `t33`.`complaint_product_kept`,
    `t33`.`clerk_left_kept`,
    `t33`.`out_of_stock_kept`,
    `t33`.`price_told_kept`,
    `t33`.`rival_opened_kept`,
    `t33`.`store_gone_kept`,
    `t33`.`our_messages_kept`,
    `t33`.`payment_failed_kept`
  FROM (
    SELECT
      `t91`.`person_id`,
      `t91`.`first_day`,
      `t91`.`last_day`,
      `t91`.`first_number`,
      `t91`.`second_number`,
      `t91`.`last_number`,
      `t91`.`purchase_days`,
      `t91`.`orders`,
      `t91`.`gross`,
      `t91`.`logs`,
      `t91`.`log_squares`,
      `t91`.`gap_squares`,
      `t91`.`absence_code`,
      `t91`.`last_gap`,
      `t91`.`spend_mean`,
      `t91`.`spend_log_sd`,
      `t91`.`gap_mean`,
      `t91`.`gap_sd`,
      `t91`.`absence`,
      `t91`.`back_day`,
      `t91`.`returned_near_end`,
      `t91`.`price_rise`,
      `t91`.`gone_share`,
      `t91`.`only_peak`,
      `t91`.`has_returns`,
      `t91`.`has_year`,
      `t91`.`delivery_failed_sum`,
      `t91`.`complaint_unanswered_sum`,
      `t91`.`complaint_service_sum`,
      `t91`.`complaint_product_sum`,
      `t91`.`clerk_left_sum`,
      `t91`.`out_of_stock_sum`,
      `t91`.`price_told_sum`,
      `t91`.`rival_opened_sum`,
      `t91`.`store_gone_sum`,
      `t91`.`our_messages_sum`,
      `t91`.`payment_failed_sum`
    FROM (
      SELECT
        `t90`.`person_id`,
        `t90`.`first_day`,
        `t90`.`last_day`,
        `t90`.`first_number`,
        `t90`.`second_number`,
        `t90`.`last_number`,
        `t90`.`purchase_days`,
        `t90`.`orders`,
        `t90`.`gross`,
        `t90`.`logs`,
        `t90`.`log_squares`,
        `t90`.`gap_squares`,
        `t90`.`absence_code`,
        `t90`.`last_gap`,
        `t90`.`spend_mean`,
        `t90`.`spend_log_sd`,
        `t90`.`gap_mean`,
        `t90`.`gap_sd`,
        `t90`.`absence`,
        `t90`.`back_day`,
        `t90`.`returned_near_end`,
        `t90`.`price_rise`,
        `t90`.`gone_share`,
        `t90`.`only_peak`,
        `t27`.`has_returns`,
        `t27`.`has_year`,
        `t77`.`person_id` AS `person_id_right`,
        `t77`.`delivery_failed_sum`,
        `t77`.`complaint_unanswered_sum`,
        `t77`.`complaint_service_sum`,
        `t77`.`complaint_product_sum`,
        `t77`.`clerk_left_sum`,
        `t77`.`out_of_stock_sum`,
        `t77`.`price_told_sum`,
        `t77`.`rival_opened_sum`,
        `t77`.`store_gone_sum`,
        `t77`.`our_messages_sum`,
        `t77`.`payment_failed_sum`
      FROM (
        SELECT
          `t88`.`person_id`,
          `t88`.`first_day`,
          `t88`.`last_day`,
          `t88`.`first_number`,
          `t88`.`second_number`,
          `t88`.`last_number`,
          `t88`.`purchase_days`,
          `t88`.`orders`,
          `t88`.`gross`,
          `t88`.`logs`,
          `t88`.`log_squares`,
          `t88`.`gap_squares`,
          `t88`.`absence_code`,
          `t88`.`last_gap`,
          `t88`.`spend_mean`,
          `t88`.`spend_log_sd`,
          `t88`.`gap_mean`,
          `t88`.`gap_sd`,
          `t88`.`absence`,
          `t88`.`back_day`,
          `t88`.`returned_near_end`,
          `t88`.`price_rise`,
          `t88`.`gone_share`,
          `t88`.`only_peak`
        FROM (
          SELECT
            `t87`.`person_id`,
            `t87`.`first_day`,
            `t87`.`last_day`,
            `t87`.`first_number`,
            `t87`.`second_number`,
            `t87`.`last_number`,
            `t87`.`purchase_days`,
            `t87`.`orders`,
            `t87`.`gross`,
            `t87`.`logs`,
            `t87`.`log_squares`,
            `t87`.`gap_squares`,
            `t87`.`absence_code`,
            `t87`.`last_gap`,
            `t87`.`spend_mean`,
            `t87`.`spend_log_sd`,
            `t87`.`gap_mean`,
            `t87`.`gap_sd`,
            `t87`.`absence`,
            `t87`.`back_day`,
            `t87`.`returned_near_end`,
            `t87`.`price_rise`,
            `t87`.`gone_share`,
            `t66`.`person_id` AS `person_id_right`,
            `t66`.`only_peak`
          FROM (
            SELECT
              `t85`.`person_id`,
              `t85`.`first_day`,
              `t85`.`last_day`,
              `t85`.`first_number`,
              `t85`.`second_number`,
              `t85`.`last_number`,
              `t85`.`purchase_days`,
              `t85`.`orders`,
              `t85`.`gross`,
              `t85`.`logs`,
              `t85`.`log_squares`,
              `t85`.`gap_squares`,
              `t85`.`absence_code`,
              `t85`.`last_gap`,
              `t85`.`spend_mean`,
              `t85`.`spend_log_sd`,
              `t85`.`gap_mean`,
              `t85`.`gap_sd`,
              `t85`.`absence`,
              `t85`.`back_day`,
              `t85`.`returned_near_end`,
              `t85`.`price_rise`,
              `t85`.`gone_share`
            FROM (
              SELECT
                `t84`.`person_id`,
                `t84`.`first_day`,
                `t84`.`last_day`,
                `t84`.`first_number`,
                `t84`.`second_number`,
                `t84`.`last_number`,
                `t84`.`purchase_days`,
                `t84`.`orders`,
                `t84`.`gross`,
                `t84`.`logs`,
                `t84`.`log_squares`,
                `t84`.`gap_squares`,
                `t84`.`absence_code`,
                `t84`.`last_gap`,
                `t84`.`spend_mean`,
                `t84`.`spend_log_sd`,
                `t84`.`gap_mean`,
                `t84`.`gap_sd`,
                `t84`.`absence`,
                `t84`.`back_day`,
                `t84`.`returned_near_end`,
                `t80`.`person_id` AS `person_id_right`,
                `t80`.`price_rise`,
                `t80`.`gone_share`
              FROM (
                SELECT
                  `t82`.`person_id`,
                  `t82`.`first_day`,
                  `t82`.`last_day`,
                  `t82`.`first_number`,
                  `t82`.`second_number`,
                  `t82`.`last_number`,
                  `t82`.`purchase_days`,
                  `t82`.`orders`,
                  `t82`.`gross`,
                  `t82`.`logs`,
                  `t82`.`log_squares`,
                  `t82`.`gap_squares`,
                  `t82`.`absence_code`,
                  `t82`.`last_gap`,
                  `t82`.`spend_mean`,
                  `t82`.`spend_log_sd`,
                  `t82`.`gap_mean`,
                  `t82`.`gap_sd`,
                  `t82`.`absence`,
                  `t82`.`back_day`,
                  `t82`.`returned_near_end`
                FROM (
                  SELECT
                    `t76`.`person_id`,
                    `t76`.`first_day`,
                    `t76`.`last_day`,
                    `t76`.`first_number`,
                    `t76`.`second_number`,
                    `t76`.`last_number`,
                    `t76`.`purchase_days`,
                    `t76`.`orders`,
                    `t76`.`gross`,
                    `t76`.`logs`,
                    `t76`.`log_squares`,
                    `t76`.`gap_squares`,
                    `t76`.`absence_code`,
                    `t76`.`last_gap`,
                    `t76`.`spend_mean`,
                    `t76`.`spend_log_sd`,
                    `t76`.`gap_mean`,
                    `t76`.`gap_sd`,
                    `t76`.`absence`,
                    `t76`.`back_day`,
                    `t81`.`person_id` AS `person_id_right`,
                    `t81`.`returned_near_end`
                  FROM (
                    SELECT
                      `t57`.`person_id`,
                      `t57`.`first_day`,
                      `t57`.`last_day`,
                      `t57`.`first_number`,
                      `t57`.`second_number`,
                      `t57`.`last_number`,
                      `t57`.`purchase_days`,
                      `t57`.`orders`,
                      `t57`.`gross`,
                      `t57`.`logs`,
                      `t57`.`log_squares`,
                      `t57`.`gap_squares`,
                      `t57`.`absence_code`,
                      `t57`.`last_gap`,
                      CAST(`t57`.`gross` AS DOUBLE) / NULLIF(CAST(`t57`.`purchase_days` AS DOUBLE), 0.0) AS `spend_mean`,
                      CAST(FLOOR(
                        (
                          (
                            SQRT(
                              ABS(
                                CAST(`t57`.`log_squares` AS DOUBLE) - (
                                  (
                                    CAST(`t57`.`logs` AS DOUBLE) * CAST(`t57`.`logs` AS DOUBLE)
                                  ) / NULLIF(CAST(`t57`.`purchase_days` AS DOUBLE), 0.0)
                                )
                              ) / NULLIF(CAST(`t57`.`purchase_days` AS DOUBLE) - 1.0, 0.0)
                            ) / 1000000.0
                          ) * 1000000.0
                        ) + 0.5
                      ) AS BIGINT) / 1000000.0 AS `spend_log_sd`,
                      CAST(`t57`.`last_number` - `t57`.`first_number` AS DOUBLE) / NULLIF(CAST(`t57`.`purchase_days` - 1 AS DOUBLE), 0.0) AS `gap_mean`,
                      SQRT(
                        ABS(
                          CAST(`t57`.`gap_squares` AS DOUBLE) - (
                            (
                              CAST(`t57`.`last_number` - `t57`.`first_number` AS DOUBLE) * CAST(`t57`.`last_number` - `t57`.`first_number` AS DOUBLE)
                            ) / NULLIF(CAST(`t57`.`purchase_days` - 1 AS DOUBLE), 0.0)
                          )
                        ) / NULLIF(CAST(`t57`.`purchase_days` - 1 AS DOUBLE) - 1.0, 0.0)
                      ) AS `gap_sd`,
                      CAST(FLOOR((
                        `t57`.`absence_code`
                      ) / (
                        1048576
                      )) AS BIGINT) AS `absence`,
                      MAKE_DATE(1970, 1, 1) + CAST(CONCAT(
                        CAST((
                          `t57`.`absence_code` - (
                            CAST(FLOOR((
                              `t57`.`absence_code`
                            ) / (
                              1048576
                            )) AS BIGINT) * 1048576
                          )
                        ) - 524288 AS INT),
                        ' days'
                      ) AS INTERVAL) AS `back_day`
                    FROM `t55` AS `t57`
                  ) AS `t76`
                  LEFT OUTER JOIN (
                    SELECT
                      `t73`.`person_id`,
                      IF(
                        IF(
                          (
                            CAST(SUM(`t73`.`returned`) AS DOUBLE) / NULLIF(CAST(SUM(IF(`t73`.`is_purchase`, `t73`.`amount`, 0)) AS DOUBLE), 0.0)
                          ) IS NULL,
                          CAST(SUM(`t73`.`returned`) AS DOUBLE) / NULLIF(CAST(SUM(IF(`t73`.`is_purchase`, `t73`.`amount`, 0)) AS DOUBLE), 0.0),
                          LEAST(
                            1.0,
                            CAST(SUM(`t73`.`returned`) AS DOUBLE) / NULLIF(CAST(SUM(IF(`t73`.`is_purchase`, `t73`.`amount`, 0)) AS DOUBLE), 0.0)
                          )
                        ) IS NULL,
                        IF(
                          (
                            CAST(SUM(`t73`.`returned`) AS DOUBLE) / NULLIF(CAST(SUM(IF(`t73`.`is_purchase`, `t73`.`amount`, 0)) AS DOUBLE), 0.0)
                          ) IS NULL,
                          CAST(SUM(`t73`.`returned`) AS DOUBLE) / NULLIF(CAST(SUM(IF(`t73`.`is_purchase`, `t73`.`amount`, 0)) AS DOUBLE), 0.0),
                          LEAST(
                            1.0,
                            CAST(SUM(`t73`.`returned`) AS DOUBLE) / NULLIF(CAST(SUM(IF(`t73`.`is_purchase`, `t73`.`amount`, 0)) AS DOUBLE), 0.0)
                          )
                        ),
                        GREATEST(
                          0.0,
                          IF(
                            (
                              CAST(SUM(`t73`.`returned`) AS DOUBLE) / NULLIF(CAST(SUM(IF(`t73`.`is_purchase`, `t73`.`amount`, 0)) AS DOUBLE), 0.0)
                            ) IS NULL,
                            CAST(SUM(`t73`.`returned`) AS DOUBLE) / NULLIF(CAST(SUM(IF(`t73`.`is_purchase`, `t73`.`amount`, 0)) AS DOUBLE), 0.0),
                            LEAST(
                              1.0,
                              CAST(SUM(`t73`.`returned`) AS DOUBLE) / NULLIF(CAST(SUM(IF(`t73`.`is_purchase`, `t73`.`amount`, 0)) AS DOUBLE), 0.0)
                            )
                          )
                        )
                      ) AS `returned_near_end`
                    FROM (
                      SELECT
                        *
                      FROM (
                        SELECT
                          `t9`.`source`,
                          `t9`.`order_id`,
                          `t9`.`person_id`,
                          `t9`.`ordered_at`,
                          `t9`.`day`,
                          `t9`.`last_day`,
                          `t9`.`last_at`,
                          `t9`.`lines`,
                          `t9`.`returned`,
                          `t9`.`return_lines`,
                          `t9`.`amount`,
                          `t9`.`costed`,
                          `t9`.`earned`,
                          `t9`.`uncosted`,
                          `t9`.`store`,
                          `t9`.`channel`,
                          `t9`.`region`,
                          `t9`.`campaign`,
                          `t9`.`is_purchase`,
                          `t65`.`end`
                        FROM (
                          SELECT
                            *
                          FROM `orders` AS `t1`
                          WHERE
                            `t1`.`person_id` IS NOT NULL
                        ) AS `t9`
                        INNER JOIN (
                          SELECT
                            `t57`.`person_id`,
                            `t57`.`last_number` + 30 AS `end`
                          FROM `t55` AS `t57`
                        ) AS `t65`
                          ON `t9`.`person_id` = `t65`.`person_id`
                      ) AS `t70`
                      WHERE
                        DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t70`.`day`) <= `t70`.`end`
                        AND DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t70`.`day`) > (
                          `t70`.`end` - 90
                        )
                    ) AS `t73`
                    GROUP BY
                      1
                  ) AS `t81`
                    ON `t76`.`person_id` = `t81`.`person_id`
                ) AS `t82`
              ) AS `t84`
              LEFT OUTER JOIN (
                SELECT
                  `t71`.`person_id`,
                  CAST(FLOOR(
                    (
                      (
                        SUM(CAST(`t71`.`spent` AS DOUBLE) * (
                          `t71`.`latest` - `t71`.`then_price`
                        )) / NULLIF(CAST(SUM(`t71`.`spent`) AS DOUBLE), 0.0)
                      ) * 1000000.0
                    ) + 0.5
                  ) AS BIGINT) / 1000000.0 AS `price_rise`,
                  CAST(SUM(
                    IF(
                      (
                        `t71`.`stopped` = 1
                      )
                      AND (
                        (
                          `t71`.`last_sold` - `t71`.`last_number`
                        ) >= 0
                      )
                      AND (
                        (
                          `t71`.`last_sold` - `t71`.`last_number`
                        ) <= 90
                      ),
                      `t71`.`spent`,
                      0
                    )
                  ) AS DOUBLE) / NULLIF(CAST(SUM(`t71`.`spent`) AS DOUBLE), 0.0) AS `gone_share`
                FROM (
                  SELECT
                    `t31`.`person_id`,
                    `t31`.`sku`,
                    `t31`.`spent`,
                    `t31`.`month`,
                    `t43`.`then_sku`,
                    `t43`.`then_month`,
                    `t43`.`then_price`,
                    `t69`.`product_sku`,
                    `t69`.`latest`,
                    `t69`.`last_sold`,
                    `t69`.`stopped`,
                    `t62`.`last_number`
                  FROM (
                    SELECT
                      `t19`.`person_id`,
                      `t19`.`sku`,
                      SUM(`t19`.`amount`) AS `spent`,
                      MAX(`t19`.`month`) AS `month`
                    FROM (
                      SELECT
                        `t2`.`source`,
                        `t2`.`order_id`,
                        `t2`.`line_id`,
                        `t2`.`row`,
                        `t2`.`member_no`,
                        `t2`.`phone`,
                        `t2`.`email`,
                        `t2`.`name`,
                        `t2`.`address`,
                        `t2`.`birthday`,
                        `t2`.`ordered_at`,
                        `t2`.`day`,
                        `t2`.`sku`,
                        `t2`.`product`,
                        `t2`.`category`,
                        `t2`.`quantity`,
                        `t2`.`amount`,
                        `t2`.`cost`,
                        `t2`.`store`,
                        `t2`.`channel`,
                        `t2`.`region`,
                        `t2`.`campaign`,
                        `t2`.`discount`,
                        `t2`.`return_reason`,
                        `t2`.`is_return`,
                        `t2`.`is_product`,
                        `t2`.`line_key`,
                        `t2`.`batch`,
                        `t2`.`loaded_at`,
                        `t2`.`person_id`,
                        DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t2`.`day`) AS `number`,
                        (
                          (
                            CAST(EXTRACT(year FROM `t2`.`day`) AS BIGINT) * 12
                          ) + CAST(EXTRACT(month FROM `t2`.`day`) AS BIGINT)
                        ) - 1 AS `month`,
                        LN(CAST(`t2`.`amount` AS DOUBLE) / NULLIF(`t2`.`quantity`, 0.0)) AS `log_price`
                      FROM `lines` AS `t2`
                      WHERE
                        `t2`.`ordered_at` < CAST('2011-12-01T00:00:00' AS TIMESTAMP)
                        AND `t2`.`is_product`
                        AND NOT (
                          `t2`.`is_return`
                        )
                        AND `t2`.`amount` > 0
                        AND `t2`.`quantity` > 0
                        AND `t2`.`sku` IS NOT NULL
                        AND `t2`.`person_id` IS NOT NULL
                    ) AS `t19`
                    GROUP BY
                      1,
                      2
                  ) AS `t31`
                  INNER JOIN (
                    SELECT
                      `t32`.`sku` AS `then_sku`,
                      `t32`.`month` AS `then_month`,
                      `t32`.`log_price` AS `then_price`
                    FROM `t29` AS `t32`
                  ) AS `t43`
                    ON `t31`.`sku` = `t43`.`then_sku` AND `t31`.`month` = `t43`.`then_month`
                  INNER JOIN (
                    SELECT
                      `t49`.`sku` AS `product_sku`,
                      `t49`.`latest`,
                      `t49`.`last_number` AS `last_sold`,
                      CAST(IF(
                        CAST(15309 - `t49`.`last_number` AS DOUBLE) > GREATEST(
                          (
                            CAST((
                              `t49`.`last_number` - `t49`.`first_number`
                            ) + 1 AS DOUBLE) / NULLIF(CAST(`t49`.`lines` AS DOUBLE), 0.0)
                          ) * 10.0,
                          60.0
                        ),
                        1,
                        0
                      ) AS BIGINT) AS `stopped`
                    FROM (
                      SELECT
                        `t46`.`sku`,
                        MAX(IF(`t46`.`is_newest`, `t46`.`log_price`, NULL)) AS `latest`,
                        MIN(`t46`.`first_number`) AS `first_number`,
                        MAX(`t46`.`last_number`) AS `last_number`,
                        SUM(`t46`.`lines`) AS `lines`
                      FROM (
                        SELECT
                          `t32`.`sku`,
                          `t32`.`month`,
                          `t32`.`log_price`,
                          `t32`.`first_number`,
                          `t32`.`last_number`,
                          `t32`.`lines`,
                          `t32`.`month` = MAX(`t32`.`month`) OVER (PARTITION BY `t32`.`sku` ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `is_newest`
                        FROM `t29` AS `t32`
                      ) AS `t46`
                      GROUP BY
                        1
                    ) AS `t49`
                  ) AS `t69`
                    ON `t31`.`sku` = `t69`.`product_sku`
                  INNER JOIN (
                    SELECT
                      `t57`.`person_id`,
                      `t57`.`last_number`
                    FROM `t55` AS `t57`
                  ) AS `t62`
                    ON `t31`.`person_id` = `t62`.`person_id`
                ) AS `t71`
                GROUP BY
                  1
              ) AS `t80`
                ON `t84`.`person_id` = `t80`.`person_id`
            ) AS `t85`
          ) AS `t87`
          LEFT OUTER JOIN (
            SELECT
              `t59`.`person_id`,
              MIN(`t59`.`peak`) AS `only_peak`
            FROM (
              SELECT
                `t50`.`person_id`,
                `t50`.`month`,
                `t54`.`peak`
              FROM (
                SELECT
                  `t45`.`person_id`,
                  EXTRACT(month FROM `t45`.`day`) AS `month`
                FROM `t44` AS `t45`
              ) AS `t50`
              INNER JOIN (
                SELECT
                  `t41`.`month`,
                  CAST(IF(
                    (
                      `t41`.`pace` >= (
                        `t42`.`usual` * 1.25
                      )
                    )
                    AND (
                      `t42`.`log_days` >= 365
                    ),
                    1,
                    0
                  ) AS BIGINT) AS `peak`
                FROM (
                  SELECT
                    `t22`.`month`,
                    CAST(SUM(`t22`.`orders`) AS DOUBLE) / NULLIF(CAST(COUNT(*) AS DOUBLE), 0.0) AS `pace`
                  FROM `t18` AS `t22`
                  GROUP BY
                    1
                ) AS `t41`
                CROSS JOIN (
                  SELECT
                    CAST(SUM(`t22`.`orders`) AS DOUBLE) / NULLIF(CAST(COUNT(*) AS DOUBLE), 0.0) AS `usual`,
                    (
                      MAX(`t22`.`number`) - MIN(`t22`.`number`)
                    ) + 1 AS `log_days`
                  FROM `t18` AS `t22`
                ) AS `t42`
              ) AS `t54`
                ON `t50`.`month` = `t54`.`month`
            ) AS `t59`
            GROUP BY
              1
          ) AS `t66`
            ON `t87`.`person_id` = `t66`.`person_id`
        ) AS `t88`
      ) AS `t90`
      CROSS JOIN (
        SELECT
          COALESCE(SUM(`t1`.`return_lines`) > 0, FALSE) AS `has_returns`,
          COALESCE(
            (
              (
                MAX(
                  IF(
                    `t1`.`is_purchase`,
                    DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t1`.`day`),
                    CAST(NULL AS BIGINT)
                  )
                ) - MIN(
                  IF(
                    `t1`.`is_purchase`,
                    DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t1`.`day`),
                    CAST(NULL AS BIGINT)
                  )
                )
              ) + 1
            ) >= 365,
            FALSE
          ) AS `has_year`
        FROM `orders` AS `t1`
      ) AS `t27`
      LEFT OUTER JOIN (
        SELECT
          `t72`.`person_id`,
          SUM(IF(`t72`.`piece` = 'delivery_failed', `t72`.`weight`, NULL)) AS `delivery_failed_sum`,
          SUM(IF(`t72`.`piece` = 'complaint_unanswered', `t72`.`weight`, NULL)) AS `complaint_unanswered_sum`,
          SUM(IF(`t72`.`piece` = 'complaint_service', `t72`.`weight`, NULL)) AS `complaint_service_sum`,
          SUM(IF(`t72`.`piece` = 'complaint_product', `t72`.`weight`, NULL)) AS `complaint_product_sum`,
          SUM(IF(`t72`.`piece` = 'clerk_left', `t72`.`weight`, NULL)) AS `clerk_left_sum`,
          SUM(IF(`t72`.`piece` = 'out_of_stock', `t72`.`weight`, NULL)) AS `out_of_stock_sum`,
          SUM(IF(`t72`.`piece` = 'price_told', `t72`.`weight`, NULL)) AS `price_told_sum`,
          SUM(IF(`t72`.`piece` = 'rival_opened', `t72`.`weight`, NULL)) AS `rival_opened_sum`,
          SUM(IF(`t72`.`piece` = 'store_gone', `t72`.`weight`, NULL)) AS `store_gone_sum`,
          SUM(IF(`t72`.`piece` = 'our_messages', `t72`.`weight`, NULL)) AS `our_messages_sum`,
          SUM(IF(`t72`.`piece` = 'payment_failed', `t72`.`weight`, NULL)) AS `payment_failed_sum`
        FROM (
          SELECT
            `t68`.`person_id`,
            'our_messages' AS `piece`,
            `t68`.`day`,
            CAST(NULL AS STRING) AS `what`,
            1.0 AS `weight`
          FROM (
            SELECT
              `t15`.`person_id`,
              `t15`.`day`,
              `t60`.`last`,
              `t60`.`store`,
              `t60`.`region`
            FROM (
              SELECT
                *
              FROM `messages` AS `t0`
              WHERE
                DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t0`.`day`) <= 15309
            ) AS `t15`
            INNER JOIN (
              SELECT
                `t56`.`person_id`,
                `t56`.`last`,
                `t56`.`store`,
                `t56`.`region`
              FROM (
                SELECT
                  `t52`.`person_id`,
                  `t52`.`last`,
                  `t52`.`store`,
                  `t40`.`person_id` AS `person_id_right`,
                  `t40`.`region`
                FROM (
                  SELECT
                    `t47`.`person_id`,
                    `t47`.`last`,
                    `t47`.`store`
                  FROM (
                    SELECT
                      `t21`.`person_id`,
                      `t21`.`last`,
                      `t39`.`person_id` AS `person_id_right`,
                      `t39`.`store`
                    FROM (
                      SELECT
                        `t5`.`person_id`,
                        MAX(DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t5`.`day`)) AS `last`
                      FROM (
                        SELECT
                          *
                        FROM `orders` AS `t1`
                        WHERE
                          `t1`.`is_purchase` AND `t1`.`person_id` IS NOT NULL
                      ) AS `t5`
                      GROUP BY
                        1
                    ) AS `t21`
                    LEFT OUTER JOIN (
                      SELECT
                        `t25`.`person_id`,
                        `t25`.`store`
                      FROM (
                        SELECT
                          `t13`.`person_id`,
                          `t13`.`store`,
                          `t13`.`times`,
                          ROW_NUMBER() OVER (
                            PARTITION BY `t13`.`person_id`
                            ORDER BY `t13`.`times` DESC, `t13`.`store` ASC NULLS LAST
                          ) - 1 AS `place`
                        FROM (
                          SELECT
                            `t7`.`person_id`,
                            `t7`.`store`,
                            COUNT(*) AS `times`
                          FROM (
                            SELECT
                              *
                            FROM `orders` AS `t1`
                            WHERE
                              `t1`.`is_purchase` AND `t1`.`person_id` IS NOT NULL AND `t1`.`store` IS NOT NULL
                          ) AS `t7`
                          GROUP BY
                            1,
                            2
                        ) AS `t13`
                      ) AS `t25`
                      WHERE
                        `t25`.`place` = 0
                    ) AS `t39`
                      ON `t21`.`person_id` = `t39`.`person_id`
                  ) AS `t47`
                ) AS `t52`
                LEFT OUTER JOIN (
                  SELECT
                    `t26`.`person_id`,
                    `t26`.`region`
                  FROM (
                    SELECT
                      `t14`.`person_id`,
                      `t14`.`region`,
                      `t14`.`times`,
                      ROW_NUMBER() OVER (
                        PARTITION BY `t14`.`person_id`
                        ORDER BY `t14`.`times` DESC, `t14`.`region` ASC NULLS LAST
                      ) - 1 AS `place`
                    FROM (
                      SELECT
                        `t8`.`person_id`,
                        `t8`.`region`,
                        COUNT(*) AS `times`
                      FROM (
                        SELECT
                          *
                        FROM `orders` AS `t1`
                        WHERE
                          `t1`.`is_purchase` AND `t1`.`person_id` IS NOT NULL AND `t1`.`region` IS NOT NULL
                      ) AS `t8`
                      GROUP BY
                        1,
                        2
                    ) AS `t14`
                  ) AS `t26`
                  WHERE
                    `t26`.`place` = 0
                ) AS `t40`
                  ON `t52`.`person_id` = `t40`.`person_id`
              ) AS `t56`
            ) AS `t60`
              ON `t15`.`person_id` = `t60`.`person_id`
          ) AS `t68`
          WHERE
            DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t68`.`day`) <= (
              `t68`.`last` + 30
            )
            AND DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t68`.`day`) > (
              (
                `t68`.`last` + 30
              ) - 90
            )
        ) AS `t72`
        GROUP BY
          1
      ) AS `t77`
        ON `t90`.`person_id` = `t77`.`person_id`
    ) AS `t91`
  ) AS `t93`
  CROSS JOIN (
    SELECT
      COALESCE(SUM(CAST(IF(`t11`.`piece` = 'delivery_failed', 1, 0) AS BIGINT)), 0) AS `delivery_failed_kept`,
      COALESCE(SUM(CAST(IF(`t11`.`piece` = 'complaint_unanswered', 1, 0) AS BIGINT)), 0) AS `complaint_unanswered_kept`,
      COALESCE(SUM(CAST(IF(`t11`.`piece` = 'complaint_service', 1, 0) AS BIGINT)), 0) AS `complaint_service_kept`,
      COALESCE(SUM(CAST(IF(`t11`.`piece` = 'complaint_product', 1, 0) AS BIGINT)), 0) AS `complaint_product_kept`,
      COALESCE(SUM(CAST(IF(`t11`.`piece` = 'clerk_left', 1, 0) AS BIGINT)), 0) AS `clerk_left_kept`,
      COALESCE(SUM(CAST(IF(`t11`.`piece` = 'out_of_stock', 1, 0) AS BIGINT)), 0) AS `out_of_stock_kept`,
      COALESCE(SUM(CAST(IF(`t11`.`piece` = 'price_told', 1, 0) AS BIGINT)), 0) AS `price_told_kept`,
      COALESCE(SUM(CAST(IF(`t11`.`piece` = 'rival_opened', 1, 0) AS BIGINT)), 0) AS `rival_opened_kept`,
      COALESCE(SUM(CAST(IF(`t11`.`piece` = 'store_gone', 1, 0) AS BIGINT)), 0) AS `store_gone_kept`,
      COALESCE(SUM(CAST(IF(`t11`.`piece` = 'our_messages', 1, 0) AS BIGINT)), 0) AS `our_messages_kept`,
      COALESCE(SUM(CAST(IF(`t11`.`piece` = 'payment_failed', 1, 0) AS BIGINT)), 0) AS `payment_failed_kept`
    FROM (
      SELECT
        'our_messages' AS `piece`
      FROM `messages` AS `t0`
      WHERE
        DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), `t0`.`day`) <= 15309
    ) AS `t11`
  ) AS `t33`
) AS `t94`;
