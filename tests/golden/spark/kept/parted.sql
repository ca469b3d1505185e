SELECT
  `t16`.`source`,
  `t16`.`order_id`,
  `t16`.`person_id`,
  `t16`.`ordered_at`,
  `t16`.`day`,
  `t16`.`is_return`,
  `t16`.`amount`,
  `t16`.`costed`,
  `t16`.`earned`,
  `t16`.`uncosted`,
  `t16`.`store`,
  `t16`.`channel`,
  `t16`.`region`,
  `t16`.`campaign`,
  `t9`.`begun`,
  `t9`.`ended`
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
    `t14`.`uncosted`,
    HASH(`t14`.`order_id`) AS `mark`
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
      `t13`.`uncosted`
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
        `t12`.`margin`,
        IF(
          COALESCE(
            `t12`.`amount` - IF(`t12`.`is_return`, -(
              ABS(`t12`.`cost`)
            ), `t12`.`cost`),
            CAST(FLOOR((
              CAST(`t12`.`amount` AS DOUBLE) * `t12`.`margin`
            ) + 0.5) AS BIGINT)
          ) IS NOT NULL,
          `t12`.`amount`,
          0
        ) AS `costed`,
        COALESCE(
          COALESCE(
            `t12`.`amount` - IF(`t12`.`is_return`, -(
              ABS(`t12`.`cost`)
            ), `t12`.`cost`),
            CAST(FLOOR((
              CAST(`t12`.`amount` AS DOUBLE) * `t12`.`margin`
            ) + 0.5) AS BIGINT)
          ),
          0
        ) AS `earned`,
        IF(
          COALESCE(
            `t12`.`amount` - IF(`t12`.`is_return`, -(
              ABS(`t12`.`cost`)
            ), `t12`.`cost`),
            CAST(FLOOR((
              CAST(`t12`.`amount` AS DOUBLE) * `t12`.`margin`
            ) + 0.5) AS BIGINT)
          ) IS NOT NULL,
          0,
          `t12`.`amount`
        ) AS `uncosted`
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
          `t11`.`margin`
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
            `t8`.`margin_sku`,
            `t8`.`margin`
          FROM (
            SELECT
              *
            FROM `lines` AS `t2`
            WHERE
              `t2`.`ordered_at` < CAST('2011-12-01T00:00:00' AS TIMESTAMP)
          ) AS `t10`
          LEFT OUTER JOIN (
            SELECT
              `t3`.`sku` AS `margin_sku`,
              `t3`.`margin`
            FROM `margins` AS `t3`
          ) AS `t8`
            ON `t10`.`sku` = `t8`.`margin_sku`
        ) AS `t11`
      ) AS `t12`
    ) AS `t13`
  ) AS `t14`
) AS `t16`
LEFT SEMI JOIN `several` AS `t4`
  ON `t16`.`mark` = `t4`.`mark`
INNER JOIN (
  SELECT
    `t1`.`source` AS `sold_by`,
    `t1`.`order_id` AS `number`,
    `t1`.`ordered_at` AS `begun`,
    `t1`.`last_at` AS `ended`
  FROM `orders` AS `t1`
  WHERE
    `t1`.`ordered_at` < `t1`.`last_at`
) AS `t9`
  ON `t16`.`source` = `t9`.`sold_by` AND `t16`.`order_id` = `t9`.`number`;
