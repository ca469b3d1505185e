WITH `t2` AS (
  SELECT
    *
  FROM `earlier_stages` AS `t0`
  WHERE
    `t0`.`at` <= MAKE_DATE(2011, 12, 1)
)
SELECT
  `t12`.`start`,
  `t12`.`end`,
  `t12`.`before`,
  `t12`.`after`,
  COUNT(*) AS `people`,
  SUM(`t12`.`value`) AS `value`
FROM (
  SELECT
    `t11`.`person_id`,
    `t11`.`start`,
    `t11`.`end`,
    COALESCE(`t3`.`before`, 'not_yet') AS `before`,
    `t11`.`stage` AS `after`,
    `t11`.`value`
  FROM (
    SELECT
      *
    FROM (
      SELECT
        `t5`.`person_id`,
        `t5`.`at`,
        `t5`.`stage`,
        `t5`.`p_buy`,
        `t5`.`value`,
        `t8`.`end`,
        `t8`.`start`
      FROM `t2` AS `t5`
      INNER JOIN (
        SELECT
          `t6`.`at` AS `end`,
          NULLIF(LAG(`t6`.`at`) OVER (ORDER BY `t6`.`at` ASC NULLS LAST), MAKE_DATE(1970, 1, 1)) AS `start`
        FROM (
          SELECT
            `t4`.`at`,
            COUNT(*) AS `people`
          FROM `t2` AS `t4`
          GROUP BY
            1
        ) AS `t6`
      ) AS `t8`
        ON `t5`.`at` = `t8`.`end`
    ) AS `t9`
    WHERE
      `t9`.`start` IS NOT NULL
  ) AS `t11`
  LEFT OUTER JOIN (
    SELECT
      `t0`.`person_id` AS `then_person`,
      `t0`.`at` AS `then_at`,
      `t0`.`stage` AS `before`
    FROM `earlier_stages` AS `t0`
    WHERE
      `t0`.`at` <= MAKE_DATE(2011, 12, 1)
  ) AS `t3`
    ON `t11`.`person_id` = `t3`.`then_person` AND `t11`.`start` = `t3`.`then_at`
) AS `t12`
GROUP BY
  1,
  2,
  3,
  4;
