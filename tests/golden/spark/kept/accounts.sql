SELECT
  `t16`.`person_id`,
  `t7`.`member_no`,
  `t7`.`phone`,
  `t7`.`email`,
  `t7`.`name`,
  `t16`.`store`,
  `t16`.`channel`,
  `t16`.`region`,
  `t16`.`last_seen_day`,
  `t16`.`revenue`,
  `t16`.`returned`,
  `t16`.`return_lines`,
  `t16`.`costed`,
  `t16`.`earned`,
  `t16`.`uncosted`,
  `t16`.`first_day`,
  `t16`.`last_day`,
  `t16`.`first_number`,
  `t16`.`second_number`,
  `t16`.`last_number`,
  `t16`.`purchase_days`,
  `t16`.`orders`,
  `t16`.`gross`,
  `t16`.`logs`,
  `t16`.`log_squares`,
  `t16`.`gap_squares`,
  `t16`.`absence_code`,
  `t16`.`last_gap`
FROM (
  SELECT
    `t14`.`person_id`,
    `t14`.`last_seen_day`,
    `t14`.`revenue`,
    `t14`.`returned`,
    `t14`.`return_lines`,
    `t14`.`costed`,
    `t14`.`earned`,
    `t14`.`uncosted`,
    `t14`.`newest`,
    `t14`.`first_day`,
    `t14`.`last_day`,
    `t14`.`first_number`,
    `t14`.`second_number`,
    `t14`.`last_number`,
    COALESCE(`t14`.`purchase_days`, 0) AS `purchase_days`,
    COALESCE(`t14`.`orders`, 0) AS `orders`,
    COALESCE(`t14`.`gross`, 0) AS `gross`,
    COALESCE(`t14`.`logs`, 0) AS `logs`,
    COALESCE(`t14`.`log_squares`, 0) AS `log_squares`,
    COALESCE(`t14`.`gap_squares`, 0) AS `gap_squares`,
    `t14`.`absence_code`,
    `t14`.`last_gap`,
    `t14`.`newest`.`store` AS `store`,
    `t14`.`newest`.`channel` AS `channel`,
    `t14`.`newest`.`region` AS `region`
  FROM (
    SELECT
      `t13`.`person_id`,
      `t13`.`last_seen_day`,
      `t13`.`revenue`,
      `t13`.`returned`,
      `t13`.`return_lines`,
      `t13`.`costed`,
      `t13`.`earned`,
      `t13`.`uncosted`,
      `t13`.`newest`,
      `t13`.`first_day`,
      `t13`.`last_day`,
      `t13`.`first_number`,
      `t13`.`second_number`,
      `t13`.`last_number`,
      `t13`.`purchase_days`,
      `t13`.`orders`,
      `t13`.`gross`,
      `t13`.`logs`,
      `t13`.`log_squares`,
      `t13`.`gap_squares`,
      `t13`.`absence_code`,
      `t13`.`last_gap`
    FROM (
      SELECT
        `t10`.`person_id`,
        `t10`.`last_seen_day`,
        `t10`.`revenue`,
        `t10`.`returned`,
        `t10`.`return_lines`,
        `t10`.`costed`,
        `t10`.`earned`,
        `t10`.`uncosted`,
        `t10`.`newest`,
        `t12`.`whose`,
        `t12`.`first_day`,
        `t12`.`last_day`,
        `t12`.`first_number`,
        `t12`.`second_number`,
        `t12`.`last_number`,
        `t12`.`purchase_days`,
        `t12`.`orders`,
        `t12`.`gross`,
        `t12`.`logs`,
        `t12`.`log_squares`,
        `t12`.`gap_squares`,
        `t12`.`absence_code`,
        `t12`.`last_gap`
      FROM (
        SELECT
          `t4`.`person_id`,
          MAX(`t4`.`last_day`) AS `last_seen_day`,
          SUM(`t4`.`amount`) AS `revenue`,
          SUM(`t4`.`returned`) AS `returned`,
          SUM(`t4`.`return_lines`) AS `return_lines`,
          SUM(`t4`.`costed`) AS `costed`,
          SUM(`t4`.`earned`) AS `earned`,
          SUM(`t4`.`uncosted`) AS `uncosted`,
          MAX(
            STRUCT(
              CAST(IF(`t4`.`is_purchase`, 1, 0) AS BIGINT) AS `bought`,
              `t4`.`ordered_at` AS `ordered_at`,
              `t4`.`source` AS `source`,
              `t4`.`order_id` AS `order_id`,
              `t4`.`store` AS `store`,
              `t4`.`channel` AS `channel`,
              `t4`.`region` AS `region`
            )
          ) AS `newest`
        FROM (
          SELECT
            *
          FROM `orders` AS `t1`
          WHERE
            `t1`.`person_id` IS NOT NULL
        ) AS `t4`
        GROUP BY
          1
      ) AS `t10`
      LEFT OUTER JOIN (
        SELECT
          `t9`.`person_id` AS `whose`,
          `t9`.`first_day`,
          `t9`.`last_day`,
          `t9`.`first_number`,
          `t9`.`second_number`,
          `t9`.`last_number`,
          `t9`.`purchase_days`,
          `t9`.`orders`,
          `t9`.`gross`,
          `t9`.`logs`,
          `t9`.`log_squares`,
          `t9`.`gap_squares`,
          `t9`.`absence_code`,
          `t9`.`last_gap`
        FROM (
          SELECT
            `t2`.`person_id`,
            MIN(`t2`.`day`) AS `first_day`,
            MAX(`t2`.`day`) AS `last_day`,
            MIN(`t2`.`number`) AS `first_number`,
            MIN(IF(`t2`.`gap` IS NOT NULL, `t2`.`number`, NULL)) AS `second_number`,
            MAX(`t2`.`number`) AS `last_number`,
            COUNT(*) AS `purchase_days`,
            SUM(`t2`.`orders`) AS `orders`,
            SUM(`t2`.`gross`) AS `gross`,
            SUM(CAST(FLOOR((
              LN(CAST(`t2`.`gross` AS DOUBLE)) * 1000000.0
            ) + 0.5) AS BIGINT)) AS `logs`,
            SUM(
              CAST(FLOOR((
                LN(CAST(`t2`.`gross` AS DOUBLE)) * 1000000.0
              ) + 0.5) AS BIGINT) * CAST(FLOOR((
                LN(CAST(`t2`.`gross` AS DOUBLE)) * 1000000.0
              ) + 0.5) AS BIGINT)
            ) AS `log_squares`,
            SUM(`t2`.`gap` * `t2`.`gap`) AS `gap_squares`,
            MAX((
              `t2`.`gap` * 1048576
            ) + (
              `t2`.`number` + 524288
            )) AS `absence_code`,
            MAX((
              (
                `t2`.`number` + 524288
              ) * 1048576
            ) + `t2`.`gap`) % 1048576 AS `last_gap`
          FROM `purchase_days` AS `t2`
          GROUP BY
            1
        ) AS `t9`
      ) AS `t12`
        ON `t10`.`person_id` = `t12`.`whose`
    ) AS `t13`
  ) AS `t14`
) AS `t16`
INNER JOIN (
  SELECT
    `t5`.`person_id` AS `whose`,
    `t5`.`member_no`,
    `t5`.`phone`,
    `t5`.`email`,
    `t5`.`name`
  FROM (
    SELECT
      `t3`.`person_id`,
      MIN(`t3`.`member_no`) AS `member_no`,
      MIN(`t3`.`phone`) AS `phone`,
      MIN(`t3`.`email`) AS `email`,
      MIN(`t3`.`name`) AS `name`
    FROM (
      SELECT
        *
      FROM `lines` AS `t0`
      WHERE
        `t0`.`ordered_at` < CAST('2011-12-01T00:00:00' AS TIMESTAMP)
        AND `t0`.`person_id` IS NOT NULL
    ) AS `t3`
    GROUP BY
      1
  ) AS `t5`
) AS `t7`
  ON `t16`.`person_id` = `t7`.`whose`;
