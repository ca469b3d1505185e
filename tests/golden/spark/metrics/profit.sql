SELECT
  `t3`.`earned` + CAST(FLOOR((
    CAST(`t3`.`uncosted` AS DOUBLE) * `t5`.`rate`
  ) + 0.5) AS BIGINT) AS `value`,
  `t3`.`people`
FROM (
  SELECT
    SUM(`t0`.`earned`) AS `earned`,
    SUM(`t0`.`uncosted`) AS `uncosted`,
    COUNT(*) AS `people`
  FROM `orders` AS `t0`
) AS `t3`
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
      SUM(`t0`.`costed`) AS `costed`,
      SUM(`t0`.`earned`) AS `earned`
    FROM `orders` AS `t0`
  ) AS `t2`
) AS `t5`;
