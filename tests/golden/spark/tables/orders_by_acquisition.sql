SELECT
  `t16`.`part`,
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
    `t15`.`part`,
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
      `t14`.`part`,
      `t14`.`costed`,
      `t14`.`earned`,
      `t14`.`uncosted`
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
        `t13`.`part`,
        `t13`.`margin`,
        IF(
          COALESCE(
            `t13`.`amount` - IF(`t13`.`is_return`, -(
              ABS(`t13`.`cost`)
            ), `t13`.`cost`),
            CAST(FLOOR((
              CAST(`t13`.`amount` AS DOUBLE) * `t13`.`margin`
            ) + 0.5) AS BIGINT)
          ) IS NOT NULL,
          `t13`.`amount`,
          0
        ) AS `costed`,
        COALESCE(
          COALESCE(
            `t13`.`amount` - IF(`t13`.`is_return`, -(
              ABS(`t13`.`cost`)
            ), `t13`.`cost`),
            CAST(FLOOR((
              CAST(`t13`.`amount` AS DOUBLE) * `t13`.`margin`
            ) + 0.5) AS BIGINT)
          ),
          0
        ) AS `earned`,
        IF(
          COALESCE(
            `t13`.`amount` - IF(`t13`.`is_return`, -(
              ABS(`t13`.`cost`)
            ), `t13`.`cost`),
            CAST(FLOOR((
              CAST(`t13`.`amount` AS DOUBLE) * `t13`.`margin`
            ) + 0.5) AS BIGINT)
          ) IS NOT NULL,
          0,
          `t13`.`amount`
        ) AS `uncosted`
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
          `t12`.`part`,
          `t12`.`margin`
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
            `t11`.`part`,
            `t5`.`margin_sku`,
            `t5`.`margin`
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
              `t9`.`part`
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
                `t7`.`part_of`,
                `t7`.`part`
              FROM (
                SELECT
                  *
                FROM `lines` AS `t1`
                WHERE
                  `t1`.`ordered_at` < CAST('2011-12-01T00:00:00' AS TIMESTAMP)
              ) AS `t8`
              LEFT OUTER JOIN (
                SELECT
                  `t2`.`person_id` AS `part_of`,
                  `t2`.`acquisition` AS `part`
                FROM `first_purchases` AS `t2`
              ) AS `t7`
                ON `t8`.`person_id` = `t7`.`part_of`
            ) AS `t9`
          ) AS `t11`
          LEFT OUTER JOIN (
            SELECT
              `t0`.`sku` AS `margin_sku`,
              `t0`.`margin`
            FROM `margins` AS `t0`
          ) AS `t5`
            ON `t11`.`sku` = `t5`.`margin_sku`
        ) AS `t12`
      ) AS `t13`
    ) AS `t14`
  ) AS `t15`
  GROUP BY
    1,
    2,
    3
) AS `t16`;
