SELECT
  `t6`.`segment`,
  `t6`.`people`,
  `t6`.`money`,
  `t6`.`recency`,
  CAST(`t6`.`people` AS DOUBLE) / NULLIF(
    CAST(SUM(`t6`.`people`) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS DOUBLE),
    0.0
  ) AS `share`
FROM (
  SELECT
    `t5`.`segment`,
    COUNT(*) AS `people`,
    SUM(`t5`.`money`) AS `money`,
    CAST(SUM(`t5`.`recency`) AS DOUBLE) / NULLIF(CAST(COUNT(*) AS DOUBLE), 0.0) AS `recency`
  FROM (
    SELECT
      `t4`.`person_id`,
      `t4`.`recency`,
      `t4`.`frequency`,
      `t4`.`money`,
      `t4`.`r`,
      `t4`.`f`,
      `t4`.`m`,
      `t4`.`segment`
    FROM (
      SELECT
        `t3`.`person_id`,
        `t3`.`recency`,
        `t3`.`frequency`,
        `t3`.`money`,
        `t3`.`r`,
        `t3`.`f`,
        `t3`.`m`,
        `t3`.`fm`,
        CASE
          WHEN `t3`.`r` BETWEEN 4 AND 5 AND `t3`.`fm` BETWEEN 4.0 AND 5.0
          THEN 'champions'
          WHEN `t3`.`r` BETWEEN 3 AND 5 AND `t3`.`fm` BETWEEN 3.0 AND 5.0
          THEN 'loyal'
          WHEN `t3`.`r` BETWEEN 5 AND 5 AND `t3`.`fm` BETWEEN 1.0 AND 2.0
          THEN 'newcomers'
          WHEN `t3`.`r` BETWEEN 4 AND 5 AND `t3`.`fm` BETWEEN 1.0 AND 3.0
          THEN 'promising'
          WHEN `t3`.`r` BETWEEN 1 AND 1 AND `t3`.`fm` BETWEEN 4.0 AND 5.0
          THEN 'not_to_lose'
          WHEN `t3`.`r` BETWEEN 1 AND 2 AND `t3`.`fm` BETWEEN 2.5 AND 5.0
          THEN 'at_risk'
          WHEN `t3`.`r` BETWEEN 3 AND 3 AND `t3`.`fm` BETWEEN 1.0 AND 3.0
          THEN 'cooling'
          WHEN `t3`.`r` BETWEEN 1 AND 2 AND `t3`.`fm` BETWEEN 1.0 AND 2.5
          THEN 'asleep'
          ELSE NULL
        END AS `segment`
      FROM (
        SELECT
          `t2`.`person_id`,
          `t2`.`recency`,
          `t2`.`frequency`,
          `t2`.`money`,
          `t2`.`r`,
          `t2`.`f`,
          `t2`.`m`,
          CAST(`t2`.`f` + `t2`.`m` AS DOUBLE) / 2.0 AS `fm`
        FROM (
          SELECT
            `t1`.`person_id`,
            `t1`.`recency`,
            `t1`.`frequency`,
            `t1`.`money`,
            CAST(FLOOR(
              (
                CAST(RANK() OVER (ORDER BY `t1`.`recency` DESC) - 1 AS DOUBLE) / NULLIF(
                  CAST(COUNT(*) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS DOUBLE),
                  0.0
                )
              ) * 5.0
            ) AS BIGINT) + 1 AS `r`,
            CAST(FLOOR(
              (
                CAST(RANK() OVER (ORDER BY `t1`.`frequency` ASC NULLS LAST) - 1 AS DOUBLE) / NULLIF(
                  CAST(COUNT(*) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS DOUBLE),
                  0.0
                )
              ) * 5.0
            ) AS BIGINT) + 1 AS `f`,
            CAST(FLOOR(
              (
                CAST(RANK() OVER (ORDER BY `t1`.`money` ASC NULLS LAST) - 1 AS DOUBLE) / NULLIF(
                  CAST(COUNT(*) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS DOUBLE),
                  0.0
                )
              ) * 5.0
            ) AS BIGINT) + 1 AS `m`
          FROM (
            SELECT
              `t0`.`person_id`,
              15309 - `t0`.`last_number` AS `recency`,
              `t0`.`purchase_days` AS `frequency`,
              `t0`.`gross` AS `money`
            FROM `accounts` AS `t0`
            WHERE
              `t0`.`purchase_days` > 0
          ) AS `t1`
        ) AS `t2`
      ) AS `t3`
    ) AS `t4`
  ) AS `t5`
  GROUP BY
    1
) AS `t6`;
