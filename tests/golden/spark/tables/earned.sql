SELECT
  `t16`.`person_id`,
  `t16`.`earned` + CAST(FLOOR((
    CAST(`t16`.`uncosted` AS DOUBLE) * `t11`.`rate`
  ) + 0.5) AS BIGINT) AS `profit`
FROM (
  SELECT
    `t14`.`person_id`,
    SUM(`t14`.`earned`) AS `earned`,
    SUM(`t14`.`uncosted`) AS `uncosted`
  FROM (
    SELECT
      *
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
          `t9`.`margin`,
          IF(
            COALESCE(
              `t9`.`amount` - IF(`t9`.`is_return`, -(
                ABS(`t9`.`cost`)
              ), `t9`.`cost`),
              CAST(FLOOR((
                CAST(`t9`.`amount` AS DOUBLE) * `t9`.`margin`
              ) + 0.5) AS BIGINT)
            ) IS NOT NULL,
            `t9`.`amount`,
            0
          ) AS `costed`,
          COALESCE(
            COALESCE(
              `t9`.`amount` - IF(`t9`.`is_return`, -(
                ABS(`t9`.`cost`)
              ), `t9`.`cost`),
              CAST(FLOOR((
                CAST(`t9`.`amount` AS DOUBLE) * `t9`.`margin`
              ) + 0.5) AS BIGINT)
            ),
            0
          ) AS `earned`,
          IF(
            COALESCE(
              `t9`.`amount` - IF(`t9`.`is_return`, -(
                ABS(`t9`.`cost`)
              ), `t9`.`cost`),
              CAST(FLOOR((
                CAST(`t9`.`amount` AS DOUBLE) * `t9`.`margin`
              ) + 0.5) AS BIGINT)
            ) IS NOT NULL,
            0,
            `t9`.`amount`
          ) AS `uncosted`
        FROM (
          SELECT
            `t8`.`source`,
            `t8`.`order_id`,
            `t8`.`line_id`,
            `t8`.`row`,
            `t8`.`member_no`,
            `t8`.`phone`,
            `t8`.`email`,
            `t8`.`name`,
            `t8`.`address`,
            `t8`.`birthday`,
            `t8`.`ordered_at`,
            `t8`.`day`,
            `t8`.`sku`,
            `t8`.`product`,
            `t8`.`category`,
            `t8`.`quantity`,
            `t8`.`amount`,
            `t8`.`cost`,
            `t8`.`store`,
            `t8`.`channel`,
            `t8`.`region`,
            `t8`.`campaign`,
            `t8`.`discount`,
            `t8`.`return_reason`,
            `t8`.`is_return`,
            `t8`.`is_product`,
            `t8`.`line_key`,
            `t8`.`batch`,
            `t8`.`loaded_at`,
            `t8`.`person_id`,
            `t8`.`margin`
          FROM (
            SELECT
              `t7`.`source`,
              `t7`.`order_id`,
              `t7`.`line_id`,
              `t7`.`row`,
              `t7`.`member_no`,
              `t7`.`phone`,
              `t7`.`email`,
              `t7`.`name`,
              `t7`.`address`,
              `t7`.`birthday`,
              `t7`.`ordered_at`,
              `t7`.`day`,
              `t7`.`sku`,
              `t7`.`product`,
              `t7`.`category`,
              `t7`.`quantity`,
              `t7`.`amount`,
              `t7`.`cost`,
              `t7`.`store`,
              `t7`.`channel`,
              `t7`.`region`,
              `t7`.`campaign`,
              `t7`.`discount`,
              `t7`.`return_reason`,
              `t7`.`is_return`,
              `t7`.`is_product`,
              `t7`.`line_key`,
              `t7`.`batch`,
              `t7`.`loaded_at`,
              `t7`.`person_id`,
              `t6`.`margin_sku`,
              `t6`.`margin`
            FROM (
              SELECT
                *
              FROM `lines` AS `t1`
              WHERE
                `t1`.`ordered_at` < CAST('2011-12-01T00:00:00' AS TIMESTAMP)
                AND `t1`.`day` >= MAKE_DATE(2011, 9, 1)
                AND `t1`.`day` <= MAKE_DATE(2011, 11, 30)
            ) AS `t7`
            LEFT OUTER JOIN (
              SELECT
                `t2`.`sku` AS `margin_sku`,
                `t2`.`margin`
              FROM `margins` AS `t2`
            ) AS `t6`
              ON `t7`.`sku` = `t6`.`margin_sku`
          ) AS `t8`
        ) AS `t9`
      ) AS `t12`
    ) AS `t13`
    WHERE
      `t13`.`person_id` IS NOT NULL
  ) AS `t14`
  GROUP BY
    1
) AS `t16`
CROSS JOIN (
  SELECT
    COALESCE(
      IF(
        `t4`.`costed` > 0,
        CAST(`t4`.`earned` AS DOUBLE) / NULLIF(CAST(`t4`.`costed` AS DOUBLE), 0.0),
        CAST(NULL AS DOUBLE)
      ),
      0.2
    ) AS `rate`,
    IF(
      `t4`.`costed` > 0,
      CAST(`t4`.`earned` AS DOUBLE) / NULLIF(CAST(`t4`.`costed` AS DOUBLE), 0.0),
      CAST(NULL AS DOUBLE)
    ) IS NOT NULL
    AND NOT ISNAN(
      IF(
        `t4`.`costed` > 0,
        CAST(`t4`.`earned` AS DOUBLE) / NULLIF(CAST(`t4`.`costed` AS DOUBLE), 0.0),
        CAST(NULL AS DOUBLE)
      )
    ) AS `told`
  FROM (
    SELECT
      SUM(`t0`.`costed`) AS `costed`,
      SUM(`t0`.`earned`) AS `earned`
    FROM `orders` AS `t0`
  ) AS `t4`
) AS `t11`;
