SELECT
  *
FROM (
  SELECT
    `t13`.`source`,
    `t13`.`order_id`,
    `t13`.`person_id`,
    `t13`.`ordered_at`,
    `t13`.`day`,
    `t13`.`day` AS `last_day`,
    `t13`.`ordered_at` AS `last_at`,
    CAST(IF(`t13`.`day` IS NOT NULL, 1, 0) AS BIGINT) AS `lines`,
    IF(`t13`.`is_return`, -(
      `t13`.`amount`
    ), 0) AS `returned`,
    CAST(IF(`t13`.`is_return`, 1, 0) AS BIGINT) AS `return_lines`,
    `t13`.`amount`,
    `t13`.`costed`,
    `t13`.`earned`,
    `t13`.`uncosted`,
    `t13`.`store`,
    `t13`.`channel`,
    `t13`.`region`,
    `t13`.`campaign`,
    (
      CAST(IF(`t13`.`is_return`, 1, 0) AS BIGINT) = 0
    )
    AND (
      `t13`.`amount` > 0
    ) AS `is_purchase`
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
      `t11`.`costed`,
      `t11`.`earned`,
      `t11`.`uncosted`,
      HASH(`t11`.`order_id`) AS `mark`
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
        `t10`.`costed`,
        `t10`.`earned`,
        `t10`.`uncosted`
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
      ) AS `t10`
    ) AS `t11`
  ) AS `t13`
  LEFT ANTI JOIN `several` AS `t3`
    ON `t13`.`mark` = `t3`.`mark`
) AS `t15`
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
      `t14`.`source`,
      `t14`.`order_id`,
      MAX(`t14`.`person_id`) AS `person_id`,
      MIN(`t14`.`ordered_at`) AS `ordered_at`,
      MIN(`t14`.`day`) AS `day`,
      MAX(`t14`.`day`) AS `last_day`,
      MAX(`t14`.`ordered_at`) AS `last_at`,
      COUNT(*) AS `lines`,
      SUM(IF(`t14`.`is_return`, -(
        `t14`.`amount`
      ), 0)) AS `returned`,
      SUM(CAST(IF(`t14`.`is_return`, 1, 0) AS BIGINT)) AS `return_lines`,
      SUM(`t14`.`amount`) AS `amount`,
      SUM(`t14`.`costed`) AS `costed`,
      SUM(`t14`.`earned`) AS `earned`,
      SUM(`t14`.`uncosted`) AS `uncosted`,
      MAX(`t14`.`store`) AS `store`,
      MAX(`t14`.`channel`) AS `channel`,
      MAX(`t14`.`region`) AS `region`,
      MAX(`t14`.`campaign`) AS `campaign`
    FROM (
      SELECT
        `t13`.`source`,
        `t13`.`order_id`,
        `t13`.`line_id`,
        `t13`.`row`,
        `t13`.`member_no`,
        `t13`.`phone`,
        `t13`.`email`,
        `t13`.`name`,
        `t13`.`address`,
        `t13`.`birthday`,
        `t13`.`ordered_at`,
        `t13`.`day`,
        `t13`.`sku`,
        `t13`.`product`,
        `t13`.`category`,
        `t13`.`quantity`,
        `t13`.`amount`,
        `t13`.`cost`,
        `t13`.`store`,
        `t13`.`channel`,
        `t13`.`region`,
        `t13`.`campaign`,
        `t13`.`discount`,
        `t13`.`return_reason`,
        `t13`.`is_return`,
        `t13`.`is_product`,
        `t13`.`line_key`,
        `t13`.`batch`,
        `t13`.`loaded_at`,
        `t13`.`person_id`,
        `t13`.`costed`,
        `t13`.`earned`,
        `t13`.`uncosted`,
        `t13`.`mark`
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
          `t11`.`costed`,
          `t11`.`earned`,
          `t11`.`uncosted`,
          HASH(`t11`.`order_id`) AS `mark`
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
            `t10`.`costed`,
            `t10`.`earned`,
            `t10`.`uncosted`
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
          ) AS `t10`
        ) AS `t11`
      ) AS `t13`
      LEFT SEMI JOIN `several` AS `t3`
        ON `t13`.`mark` = `t3`.`mark`
    ) AS `t14`
    GROUP BY
      1,
      2
  ) AS `t16`
) AS `t17`;
