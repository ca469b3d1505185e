WITH `t12` AS (
  SELECT
    `t0`.`person_id`,
    `t0`.`purchase_days`,
    `t0`.`gross`,
    `t0`.`logs`,
    `t0`.`log_squares`,
    `t0`.`first_number`,
    `t0`.`last_number`,
    `t0`.`gap_squares`,
    `t0`.`absence_code`,
    CAST(`t0`.`gross` AS DOUBLE) / NULLIF(CAST(`t0`.`purchase_days` AS DOUBLE), 0.0) AS `spend_mean`,
    CAST(FLOOR(
      (
        (
          SQRT(
            ABS(
              CAST(`t0`.`log_squares` AS DOUBLE) - (
                (
                  CAST(`t0`.`logs` AS DOUBLE) * CAST(`t0`.`logs` AS DOUBLE)
                ) / NULLIF(CAST(`t0`.`purchase_days` AS DOUBLE), 0.0)
              )
            ) / NULLIF(CAST(`t0`.`purchase_days` AS DOUBLE) - 1.0, 0.0)
          ) / 1000000.0
        ) * 1000000.0
      ) + 0.5
    ) AS BIGINT) / 1000000.0 AS `spend_log_sd`,
    CAST(`t0`.`last_number` - `t0`.`first_number` AS DOUBLE) / NULLIF(CAST(`t0`.`purchase_days` - 1 AS DOUBLE), 0.0) AS `gap_mean`,
    SQRT(
      ABS(
        CAST(`t0`.`gap_squares` AS DOUBLE) - (
          (
            CAST(`t0`.`last_number` - `t0`.`first_number` AS DOUBLE) * CAST(`t0`.`last_number` - `t0`.`first_number` AS DOUBLE)
          ) / NULLIF(CAST(`t0`.`purchase_days` - 1 AS DOUBLE), 0.0)
        )
      ) / NULLIF(CAST(`t0`.`purchase_days` - 1 AS DOUBLE) - 1.0, 0.0)
    ) AS `gap_sd`,
    CAST(FLOOR((
      `t0`.`absence_code`
    ) / (
      1048576
    )) AS BIGINT) AS `absence`,
    MAKE_DATE(1970, 1, 1) + CAST(CONCAT(
      CAST((
        `t0`.`absence_code` - (
          CAST(FLOOR((
            `t0`.`absence_code`
          ) / (
            1048576
          )) AS BIGINT) * 1048576
        )
      ) - 524288 AS INT),
      ' days'
    ) AS INTERVAL) AS `back_day`
  FROM `accounts` AS `t0`
  WHERE
    `t0`.`purchase_days` > 0
)
SELECT
  `t25`.`person_id`,
  COALESCE(`t25`.`member_no`, `t25`.`phone`, `t25`.`email`) AS `key`,
  `t25`.`name`,
  `t25`.`first_day`,
  `t25`.`last_day`,
  `t25`.`last_seen_day`,
  `t25`.`orders`,
  `t25`.`purchase_days`,
  `t25`.`purchase_days` - 1 AS `x`,
  `t25`.`last_number` - `t25`.`first_number` AS `t_x`,
  `t25`.`today` - `t25`.`first_number` AS `T`,
  `t25`.`revenue`,
  `t25`.`gross`,
  `t25`.`returned`,
  `t25`.`return_lines`,
  `t25`.`earned` + CAST(FLOOR((
    CAST(`t25`.`uncosted` AS DOUBLE) * `t25`.`rate`
  ) + 0.5) AS BIGINT) AS `profit`,
  `t25`.`spend_mean`,
  `t25`.`spend_log_sd`,
  IF(
    IF(
      COALESCE(
        (
          CAST(`t25`.`earned` AS DOUBLE) + (
            `t25`.`rate` * `t25`.`usual_costed`
          )
        ) / NULLIF(CAST(`t25`.`costed` AS DOUBLE) + `t25`.`usual_costed`, 0.0),
        `t25`.`rate`
      ) IS NULL,
      COALESCE(
        (
          CAST(`t25`.`earned` AS DOUBLE) + (
            `t25`.`rate` * `t25`.`usual_costed`
          )
        ) / NULLIF(CAST(`t25`.`costed` AS DOUBLE) + `t25`.`usual_costed`, 0.0),
        `t25`.`rate`
      ),
      LEAST(
        1.0,
        COALESCE(
          (
            CAST(`t25`.`earned` AS DOUBLE) + (
              `t25`.`rate` * `t25`.`usual_costed`
            )
          ) / NULLIF(CAST(`t25`.`costed` AS DOUBLE) + `t25`.`usual_costed`, 0.0),
          `t25`.`rate`
        )
      )
    ) IS NULL,
    IF(
      COALESCE(
        (
          CAST(`t25`.`earned` AS DOUBLE) + (
            `t25`.`rate` * `t25`.`usual_costed`
          )
        ) / NULLIF(CAST(`t25`.`costed` AS DOUBLE) + `t25`.`usual_costed`, 0.0),
        `t25`.`rate`
      ) IS NULL,
      COALESCE(
        (
          CAST(`t25`.`earned` AS DOUBLE) + (
            `t25`.`rate` * `t25`.`usual_costed`
          )
        ) / NULLIF(CAST(`t25`.`costed` AS DOUBLE) + `t25`.`usual_costed`, 0.0),
        `t25`.`rate`
      ),
      LEAST(
        1.0,
        COALESCE(
          (
            CAST(`t25`.`earned` AS DOUBLE) + (
              `t25`.`rate` * `t25`.`usual_costed`
            )
          ) / NULLIF(CAST(`t25`.`costed` AS DOUBLE) + `t25`.`usual_costed`, 0.0),
          `t25`.`rate`
        )
      )
    ),
    GREATEST(
      -1.0,
      IF(
        COALESCE(
          (
            CAST(`t25`.`earned` AS DOUBLE) + (
              `t25`.`rate` * `t25`.`usual_costed`
            )
          ) / NULLIF(CAST(`t25`.`costed` AS DOUBLE) + `t25`.`usual_costed`, 0.0),
          `t25`.`rate`
        ) IS NULL,
        COALESCE(
          (
            CAST(`t25`.`earned` AS DOUBLE) + (
              `t25`.`rate` * `t25`.`usual_costed`
            )
          ) / NULLIF(CAST(`t25`.`costed` AS DOUBLE) + `t25`.`usual_costed`, 0.0),
          `t25`.`rate`
        ),
        LEAST(
          1.0,
          COALESCE(
            (
              CAST(`t25`.`earned` AS DOUBLE) + (
                `t25`.`rate` * `t25`.`usual_costed`
              )
            ) / NULLIF(CAST(`t25`.`costed` AS DOUBLE) + `t25`.`usual_costed`, 0.0),
            `t25`.`rate`
          )
        )
      )
    )
  ) AS `margin_rate`,
  `t25`.`gap_mean`,
  `t25`.`gap_sd`,
  (
    CAST(`t25`.`last_number` - `t25`.`first_number` AS DOUBLE) + (
      `t25`.`shop_gap` * 2.0
    )
  ) / (
    CAST(`t25`.`purchase_days` - 1 AS DOUBLE) + 2.0
  ) AS `typical_gap`,
  `t25`.`last_gap`,
  `t25`.`absence`,
  `t25`.`back_day`,
  `t25`.`bought_month`,
  `t25`.`bought_month_before`,
  `t25`.`bought_lately`,
  `t25`.`bought_before`,
  `t25`.`bought_long_before`,
  CAST(`t25`.`first_number` - `t25`.`log_start` AS DOUBLE) <= `t25`.`shop_gap` AS `left_censored`,
  `t25`.`store`,
  `t25`.`channel`,
  `t25`.`region`,
  `t25`.`phone` IS NOT NULL AS `has_phone`,
  `t25`.`email` IS NOT NULL AS `has_email`
FROM (
  SELECT
    `t20`.`person_id`,
    `t20`.`member_no`,
    `t20`.`phone`,
    `t20`.`email`,
    `t20`.`name`,
    `t20`.`store`,
    `t20`.`channel`,
    `t20`.`region`,
    `t20`.`last_seen_day`,
    `t20`.`revenue`,
    `t20`.`returned`,
    `t20`.`return_lines`,
    `t20`.`costed`,
    `t20`.`earned`,
    `t20`.`uncosted`,
    `t20`.`first_day`,
    `t20`.`last_day`,
    `t20`.`first_number`,
    `t20`.`second_number`,
    `t20`.`last_number`,
    `t20`.`purchase_days`,
    `t20`.`orders`,
    `t20`.`gross`,
    `t20`.`logs`,
    `t20`.`log_squares`,
    `t20`.`gap_squares`,
    `t20`.`absence_code`,
    `t20`.`last_gap`,
    `t20`.`spend_mean`,
    `t20`.`spend_log_sd`,
    `t20`.`gap_mean`,
    `t20`.`gap_sd`,
    `t20`.`absence`,
    `t20`.`back_day`,
    `t20`.`whose`,
    `t20`.`bought_month`,
    `t20`.`bought_month_before`,
    `t20`.`bought_lately`,
    `t20`.`bought_before`,
    `t20`.`bought_long_before`,
    `t24`.`shop_gap`,
    `t24`.`log_start`,
    `t24`.`rate`,
    `t24`.`usual_costed`,
    `t24`.`today`
  FROM (
    SELECT
      `t18`.`person_id`,
      `t18`.`member_no`,
      `t18`.`phone`,
      `t18`.`email`,
      `t18`.`name`,
      `t18`.`store`,
      `t18`.`channel`,
      `t18`.`region`,
      `t18`.`last_seen_day`,
      `t18`.`revenue`,
      `t18`.`returned`,
      `t18`.`return_lines`,
      `t18`.`costed`,
      `t18`.`earned`,
      `t18`.`uncosted`,
      `t18`.`first_day`,
      `t18`.`last_day`,
      `t18`.`first_number`,
      `t18`.`second_number`,
      `t18`.`last_number`,
      `t18`.`purchase_days`,
      `t18`.`orders`,
      `t18`.`gross`,
      `t18`.`logs`,
      `t18`.`log_squares`,
      `t18`.`gap_squares`,
      `t18`.`absence_code`,
      `t18`.`last_gap`,
      `t18`.`spend_mean`,
      `t18`.`spend_log_sd`,
      `t18`.`gap_mean`,
      `t18`.`gap_sd`,
      `t18`.`absence`,
      `t18`.`back_day`,
      `t18`.`whose`,
      COALESCE(`t18`.`bought_month`, 0) AS `bought_month`,
      COALESCE(`t18`.`bought_month_before`, 0) AS `bought_month_before`,
      COALESCE(`t18`.`bought_lately`, 0) AS `bought_lately`,
      COALESCE(`t18`.`bought_before`, 0) AS `bought_before`,
      COALESCE(`t18`.`bought_long_before`, 0) AS `bought_long_before`
    FROM (
      SELECT
        `t14`.`person_id`,
        `t14`.`member_no`,
        `t14`.`phone`,
        `t14`.`email`,
        `t14`.`name`,
        `t14`.`store`,
        `t14`.`channel`,
        `t14`.`region`,
        `t14`.`last_seen_day`,
        `t14`.`revenue`,
        `t14`.`returned`,
        `t14`.`return_lines`,
        `t14`.`costed`,
        `t14`.`earned`,
        `t14`.`uncosted`,
        `t14`.`first_day`,
        `t14`.`last_day`,
        `t14`.`first_number`,
        `t14`.`second_number`,
        `t14`.`last_number`,
        `t14`.`purchase_days`,
        `t14`.`orders`,
        `t14`.`gross`,
        `t14`.`logs`,
        `t14`.`log_squares`,
        `t14`.`gap_squares`,
        `t14`.`absence_code`,
        `t14`.`last_gap`,
        `t14`.`spend_mean`,
        `t14`.`spend_log_sd`,
        `t14`.`gap_mean`,
        `t14`.`gap_sd`,
        `t14`.`absence`,
        `t14`.`back_day`,
        `t13`.`whose`,
        `t13`.`bought_month`,
        `t13`.`bought_month_before`,
        `t13`.`bought_lately`,
        `t13`.`bought_before`,
        `t13`.`bought_long_before`
      FROM (
        SELECT
          `t0`.`person_id`,
          `t0`.`member_no`,
          `t0`.`phone`,
          `t0`.`email`,
          `t0`.`name`,
          `t0`.`store`,
          `t0`.`channel`,
          `t0`.`region`,
          `t0`.`last_seen_day`,
          `t0`.`revenue`,
          `t0`.`returned`,
          `t0`.`return_lines`,
          `t0`.`costed`,
          `t0`.`earned`,
          `t0`.`uncosted`,
          `t0`.`first_day`,
          `t0`.`last_day`,
          `t0`.`first_number`,
          `t0`.`second_number`,
          `t0`.`last_number`,
          `t0`.`purchase_days`,
          `t0`.`orders`,
          `t0`.`gross`,
          `t0`.`logs`,
          `t0`.`log_squares`,
          `t0`.`gap_squares`,
          `t0`.`absence_code`,
          `t0`.`last_gap`,
          CAST(`t0`.`gross` AS DOUBLE) / NULLIF(CAST(`t0`.`purchase_days` AS DOUBLE), 0.0) AS `spend_mean`,
          CAST(FLOOR(
            (
              (
                SQRT(
                  ABS(
                    CAST(`t0`.`log_squares` AS DOUBLE) - (
                      (
                        CAST(`t0`.`logs` AS DOUBLE) * CAST(`t0`.`logs` AS DOUBLE)
                      ) / NULLIF(CAST(`t0`.`purchase_days` AS DOUBLE), 0.0)
                    )
                  ) / NULLIF(CAST(`t0`.`purchase_days` AS DOUBLE) - 1.0, 0.0)
                ) / 1000000.0
              ) * 1000000.0
            ) + 0.5
          ) AS BIGINT) / 1000000.0 AS `spend_log_sd`,
          CAST(`t0`.`last_number` - `t0`.`first_number` AS DOUBLE) / NULLIF(CAST(`t0`.`purchase_days` - 1 AS DOUBLE), 0.0) AS `gap_mean`,
          SQRT(
            ABS(
              CAST(`t0`.`gap_squares` AS DOUBLE) - (
                (
                  CAST(`t0`.`last_number` - `t0`.`first_number` AS DOUBLE) * CAST(`t0`.`last_number` - `t0`.`first_number` AS DOUBLE)
                ) / NULLIF(CAST(`t0`.`purchase_days` - 1 AS DOUBLE), 0.0)
              )
            ) / NULLIF(CAST(`t0`.`purchase_days` - 1 AS DOUBLE) - 1.0, 0.0)
          ) AS `gap_sd`,
          CAST(FLOOR((
            `t0`.`absence_code`
          ) / (
            1048576
          )) AS BIGINT) AS `absence`,
          MAKE_DATE(1970, 1, 1) + CAST(CONCAT(
            CAST((
              `t0`.`absence_code` - (
                CAST(FLOOR((
                  `t0`.`absence_code`
                ) / (
                  1048576
                )) AS BIGINT) * 1048576
              )
            ) - 524288 AS INT),
            ' days'
          ) AS INTERVAL) AS `back_day`
        FROM `accounts` AS `t0`
        WHERE
          `t0`.`purchase_days` > 0
      ) AS `t14`
      LEFT OUTER JOIN (
        SELECT
          `t9`.`person_id` AS `whose`,
          `t9`.`bought_month`,
          `t9`.`bought_month_before`,
          `t9`.`bought_lately`,
          `t9`.`bought_before`,
          `t9`.`bought_long_before`
        FROM (
          SELECT
            `t4`.`person_id`,
            SUM(
              CAST(IF(
                (
                  (
                    15309 - `t4`.`number`
                  ) >= 0
                )
                AND (
                  (
                    15309 - `t4`.`number`
                  ) < 28
                ),
                1,
                0
              ) AS BIGINT)
            ) AS `bought_month`,
            SUM(
              CAST(IF(
                (
                  (
                    15309 - `t4`.`number`
                  ) >= 28
                )
                AND (
                  (
                    15309 - `t4`.`number`
                  ) < 56
                ),
                1,
                0
              ) AS BIGINT)
            ) AS `bought_month_before`,
            SUM(
              CAST(IF(
                (
                  (
                    15309 - `t4`.`number`
                  ) >= 0
                )
                AND (
                  (
                    15309 - `t4`.`number`
                  ) < 112
                ),
                1,
                0
              ) AS BIGINT)
            ) AS `bought_lately`,
            SUM(
              CAST(IF(
                (
                  (
                    15309 - `t4`.`number`
                  ) >= 112
                )
                AND (
                  (
                    15309 - `t4`.`number`
                  ) < 224
                ),
                1,
                0
              ) AS BIGINT)
            ) AS `bought_before`,
            SUM(
              CAST(IF(
                (
                  (
                    15309 - `t4`.`number`
                  ) >= 224
                )
                AND (
                  (
                    15309 - `t4`.`number`
                  ) < 448
                ),
                1,
                0
              ) AS BIGINT)
            ) AS `bought_long_before`
          FROM (
            SELECT
              *
            FROM `purchase_days` AS `t2`
            WHERE
              `t2`.`number` > 14861
          ) AS `t4`
          GROUP BY
            1
        ) AS `t9`
      ) AS `t13`
        ON `t14`.`person_id` = `t13`.`whose`
    ) AS `t18`
  ) AS `t20`
  CROSS JOIN (
    SELECT
      COALESCE(`t22`.`shop_gap`, CAST((
        15309 - `t6`.`log_start`
      ) + 1 AS DOUBLE)) AS `shop_gap`,
      `t6`.`log_start`,
      `t8`.`rate`,
      COALESCE(
        CAST(`t6`.`costed_all` AS DOUBLE) / NULLIF(CAST(`t17`.`people` AS DOUBLE), 0.0),
        0.0
      ) AS `usual_costed`,
      15309 AS `today`
    FROM (
      SELECT
        DATEDIFF(DAY, MAKE_DATE(1970, 1, 1), MIN(`t1`.`day`)) AS `log_start`,
        SUM(`t1`.`costed`) AS `costed_all`
      FROM `orders` AS `t1`
    ) AS `t6`
    CROSS JOIN (
      SELECT
        CAST(FLOOR((
          EXP(AVG(LN(`t15`.`gap_mean`))) * 1000000.0
        ) + 0.5) AS BIGINT) / 1000000.0 AS `shop_gap`
      FROM `t12` AS `t15`
    ) AS `t22`
    CROSS JOIN (
      SELECT
        COUNT(*) AS `people`
      FROM `t12` AS `t15`
    ) AS `t17`
    CROSS JOIN (
      SELECT
        COALESCE(
          IF(
            `t3`.`costed` > 0,
            CAST(`t3`.`earned` AS DOUBLE) / NULLIF(CAST(`t3`.`costed` AS DOUBLE), 0.0),
            CAST(NULL AS DOUBLE)
          ),
          0.2
        ) AS `rate`,
        IF(
          `t3`.`costed` > 0,
          CAST(`t3`.`earned` AS DOUBLE) / NULLIF(CAST(`t3`.`costed` AS DOUBLE), 0.0),
          CAST(NULL AS DOUBLE)
        ) IS NOT NULL
        AND NOT ISNAN(
          IF(
            `t3`.`costed` > 0,
            CAST(`t3`.`earned` AS DOUBLE) / NULLIF(CAST(`t3`.`costed` AS DOUBLE), 0.0),
            CAST(NULL AS DOUBLE)
          )
        ) AS `told`
      FROM (
        SELECT
          SUM(`t1`.`costed`) AS `costed`,
          SUM(`t1`.`earned`) AS `earned`
        FROM `orders` AS `t1`
      ) AS `t3`
    ) AS `t8`
  ) AS `t24`
) AS `t25`;
