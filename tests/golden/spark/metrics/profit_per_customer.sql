SELECT
  CAST(`t5`.`earned` + CAST(FLOOR((
    CAST(`t5`.`uncosted` AS DOUBLE) * `t7`.`rate`
  ) + 0.5) AS BIGINT) AS DOUBLE) / NULLIF(CAST(`t5`.`people` AS DOUBLE), 0.0) AS `value`,
  `t5`.`people`
FROM (
  SELECT
    SUM(`t2`.`earned`) AS `earned`,
    SUM(`t2`.`uncosted`) AS `uncosted`,
    COUNT(*) AS `people`
  FROM (
    SELECT
      `t0`.`person_id`,
      `t0`.`revenue`,
      `t0`.`returned`,
      `t0`.`return_lines`,
      `t0`.`costed`,
      `t0`.`earned`,
      `t0`.`uncosted`
    FROM `accounts` AS `t0`
    WHERE
      `t0`.`purchase_days` > 0
  ) AS `t2`
) AS `t5`
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
) AS `t7`;
