SELECT
  MAKE_DATE(CAST(FLOOR(`t4`.`cohort` / 12) AS BIGINT), (
    `t4`.`cohort` % 12
  ) + 1, 1) AS `month`,
  `t4`.`k`,
  `t4`.`size`,
  `t4`.`active`,
  CAST(`t4`.`active` AS DOUBLE) / NULLIF(CAST(`t4`.`size` AS DOUBLE), 0.0) AS `retention`,
  `t4`.`orders`,
  `t4`.`revenue`,
  `t4`.`earned` + CAST(FLOOR((
    CAST(`t4`.`uncosted` AS DOUBLE) * `t6`.`rate`
  ) + 0.5) AS BIGINT) AS `profit`,
  (
    `t4`.`cohort` + `t4`.`k`
  ) < 24143 AS `complete`
FROM (
  SELECT
    `t0`.`cohort`,
    `t0`.`k`,
    `t0`.`active`,
    `t0`.`orders`,
    `t0`.`revenue`,
    `t0`.`earned`,
    `t0`.`uncosted`,
    MAX(IF(`t0`.`k` = 0, `t0`.`active`, NULL)) OVER (
      PARTITION BY `t0`.`cohort`
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS `size`
  FROM `cohort_months` AS `t0`
) AS `t4`
CROSS JOIN (
  SELECT
    COALESCE(
      IF(
        `t2`.`costed` > 0,
        CAST(`t2`.`earned` AS DOUBLE) / NULLIF(CAST(`t2`.`costed` AS DOUBLE), 0.0),
        CAST(NULL AS DOUBLE)
      ),
      0.2
    ) AS `rate`,
    IF(
      `t2`.`costed` > 0,
      CAST(`t2`.`earned` AS DOUBLE) / NULLIF(CAST(`t2`.`costed` AS DOUBLE), 0.0),
      CAST(NULL AS DOUBLE)
    ) IS NOT NULL
    AND NOT ISNAN(
      IF(
        `t2`.`costed` > 0,
        CAST(`t2`.`earned` AS DOUBLE) / NULLIF(CAST(`t2`.`costed` AS DOUBLE), 0.0),
        CAST(NULL AS DOUBLE)
      )
    ) AS `told`
  FROM (
    SELECT
      SUM(`t1`.`costed`) AS `costed`,
      SUM(`t1`.`earned`) AS `earned`
    FROM `orders` AS `t1`
  ) AS `t2`
) AS `t6`;
