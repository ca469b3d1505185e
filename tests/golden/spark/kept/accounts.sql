WITH `t4` AS (
  SELECT
    *
  FROM `orders` AS `t1`
  WHERE
    `t1`.`person_id` IS NOT NULL
)
SELECT
  `t20`.`person_id`,
  `t10`.`member_no`,
  `t10`.`phone`,
  `t10`.`email`,
  `t10`.`name`,
  `t16`.`store`,
  `t16`.`channel`,
  `t16`.`region`,
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
  `t20`.`last_gap`
FROM (
  SELECT
    `t18`.`person_id`,
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
    COALESCE(`t18`.`purchase_days`, 0) AS `purchase_days`,
    COALESCE(`t18`.`orders`, 0) AS `orders`,
    COALESCE(`t18`.`gross`, 0) AS `gross`,
    COALESCE(`t18`.`logs`, 0) AS `logs`,
    COALESCE(`t18`.`log_squares`, 0) AS `log_squares`,
    COALESCE(`t18`.`gap_squares`, 0) AS `gap_squares`,
    `t18`.`absence_code`,
    `t18`.`last_gap`
  FROM (
    SELECT
      `t17`.`person_id`,
      `t17`.`last_seen_day`,
      `t17`.`revenue`,
      `t17`.`returned`,
      `t17`.`return_lines`,
      `t17`.`costed`,
      `t17`.`earned`,
      `t17`.`uncosted`,
      `t17`.`first_day`,
      `t17`.`last_day`,
      `t17`.`first_number`,
      `t17`.`second_number`,
      `t17`.`last_number`,
      `t17`.`purchase_days`,
      `t17`.`orders`,
      `t17`.`gross`,
      `t17`.`logs`,
      `t17`.`log_squares`,
      `t17`.`gap_squares`,
      `t17`.`absence_code`,
      `t17`.`last_gap`
    FROM (
      SELECT
        `t9`.`person_id`,
        `t9`.`last_seen_day`,
        `t9`.`revenue`,
        `t9`.`returned`,
        `t9`.`return_lines`,
        `t9`.`costed`,
        `t9`.`earned`,
        `t9`.`uncosted`,
        `t14`.`whose`,
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
        `t14`.`last_gap`
      FROM (
        SELECT
          `t5`.`person_id`,
          MAX(`t5`.`last_day`) AS `last_seen_day`,
          SUM(`t5`.`amount`) AS `revenue`,
          SUM(`t5`.`returned`) AS `returned`,
          SUM(`t5`.`return_lines`) AS `return_lines`,
          SUM(`t5`.`costed`) AS `costed`,
          SUM(`t5`.`earned`) AS `earned`,
          SUM(`t5`.`uncosted`) AS `uncosted`
        FROM `t4` AS `t5`
        GROUP BY
          1
      ) AS `t9`
      LEFT OUTER JOIN (
        SELECT
          `t11`.`person_id` AS `whose`,
          `t11`.`first_day`,
          `t11`.`last_day`,
          `t11`.`first_number`,
          `t11`.`second_number`,
          `t11`.`last_number`,
          `t11`.`purchase_days`,
          `t11`.`orders`,
          `t11`.`gross`,
          `t11`.`logs`,
          `t11`.`log_squares`,
          `t11`.`gap_squares`,
          `t11`.`absence_code`,
          `t11`.`last_gap`
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
        ) AS `t11`
      ) AS `t14`
        ON `t9`.`person_id` = `t14`.`whose`
    ) AS `t17`
  ) AS `t18`
) AS `t20`
INNER JOIN (
  SELECT
    `t12`.`person_id`,
    `t12`.`newest`.`store` AS `store`,
    `t12`.`newest`.`channel` AS `channel`,
    `t12`.`newest`.`region` AS `region`
  FROM (
    SELECT
      `t5`.`person_id`,
      MAX(
        STRUCT(
          CAST(IF(`t5`.`is_purchase`, 1, 0) AS BIGINT) AS `bought`,
          `t5`.`ordered_at` AS `ordered_at`,
          `t5`.`source` AS `source`,
          `t5`.`order_id` AS `order_id`,
          `t5`.`store` AS `store`,
          `t5`.`channel` AS `channel`,
          `t5`.`region` AS `region`
        )
      ) AS `newest`
    FROM `t4` AS `t5`
    GROUP BY
      1
  ) AS `t12`
) AS `t16`
  ON `t20`.`person_id` = `t16`.`person_id`
INNER JOIN (
  SELECT
    `t6`.`person_id` AS `whose`,
    `t6`.`member_no`,
    `t6`.`phone`,
    `t6`.`email`,
    `t6`.`name`
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
  ) AS `t6`
) AS `t10`
  ON `t20`.`person_id` = `t10`.`whose`;
