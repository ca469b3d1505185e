WITH `t13` AS (
  SELECT
    `t3`.`person_id`,
    `t3`.`ordered_at`,
    `t3`.`source`,
    `t3`.`order_id`,
    `t3`.`day`,
    `t3`.`last_day`,
    `t3`.`lines`,
    `t3`.`amount`,
    `t3`.`returned`,
    `t3`.`return_lines`,
    `t3`.`costed`,
    `t3`.`earned`,
    `t3`.`uncosted`,
    `t3`.`store`,
    `t3`.`channel`,
    `t3`.`region`,
    `t3`.`campaign`,
    `t3`.`first_number`,
    `t3`.`month`,
    `t3`.`acquisition`,
    `t9`.`log_month`
  FROM `first_purchases` AS `t3`
  CROSS JOIN (
    SELECT
      (
        (
          CAST(EXTRACT(year FROM MIN(`t0`.`day`)) AS BIGINT) * 12
        ) + CAST(EXTRACT(month FROM MIN(`t0`.`day`)) AS BIGINT)
      ) - 1 AS `log_month`
    FROM `orders` AS `t0`
  ) AS `t9`
), `t17` AS (
  SELECT
    *
  FROM `t13` AS `t14`
  WHERE
    `t14`.`month` > `t14`.`log_month`
), `t38` AS (
  SELECT
    `t36`.`month`,
    `t36`.`k`,
    `t36`.`earned`,
    `t36`.`uncosted`,
    `t12`.`rate`,
    `t12`.`told`
  FROM (
    SELECT
      `t33`.`month`,
      `t33`.`k`,
      SUM(`t33`.`earned`) AS `earned`,
      SUM(`t33`.`uncosted`) AS `uncosted`
    FROM (
      SELECT
        *
      FROM (
        SELECT
          `t27`.`person_id`,
          `t27`.`day`,
          `t27`.`earned`,
          `t27`.`uncosted`,
          `t27`.`month`,
          `t27`.`whose`,
          (
            (
              (
                CAST(EXTRACT(year FROM `t27`.`day`) AS BIGINT) * 12
              ) + CAST(EXTRACT(month FROM `t27`.`day`) AS BIGINT)
            ) - 1
          ) - `t27`.`month` AS `k`
        FROM (
          SELECT
            `t6`.`person_id`,
            `t6`.`day`,
            `t6`.`earned`,
            `t6`.`uncosted`,
            `t20`.`month`,
            `t20`.`whose`
          FROM (
            SELECT
              `t0`.`person_id`,
              `t0`.`day`,
              `t0`.`earned`,
              `t0`.`uncosted`
            FROM `orders` AS `t0`
            WHERE
              `t0`.`person_id` IS NOT NULL
          ) AS `t6`
          INNER JOIN (
            SELECT
              `t14`.`month`,
              `t14`.`person_id` AS `whose`
            FROM `t13` AS `t14`
            WHERE
              `t14`.`month` > `t14`.`log_month`
          ) AS `t20`
            ON `t6`.`person_id` = `t20`.`whose`
        ) AS `t27`
      ) AS `t32`
      WHERE
        `t32`.`k` >= 0
    ) AS `t33`
    GROUP BY
      1,
      2
  ) AS `t36`
  CROSS JOIN (
    SELECT
      COALESCE(
        IF(
          `t4`.`costed` > 0,
          CAST(`t4`.`earned` AS DOUBLE) / NULLIF(CAST(`t4`.`costed` AS DOUBLE), 0.0),
          CAST(NULL AS DOUBLE)
        ),
        0.2
      ) AS `rate`,
      IF(
        `t4`.`costed` > 0,
        CAST(`t4`.`earned` AS DOUBLE) / NULLIF(CAST(`t4`.`costed` AS DOUBLE), 0.0),
        CAST(NULL AS DOUBLE)
      ) IS NOT NULL
      AND NOT ISNAN(
        IF(
          `t4`.`costed` > 0,
          CAST(`t4`.`earned` AS DOUBLE) / NULLIF(CAST(`t4`.`costed` AS DOUBLE), 0.0),
          CAST(NULL AS DOUBLE)
        )
      ) AS `told`
    FROM (
      SELECT
        SUM(`t0`.`costed`) AS `costed`,
        SUM(`t0`.`earned`) AS `earned`
      FROM `orders` AS `t0`
    ) AS `t4`
  ) AS `t12`
)
SELECT
  `t55`.`k`,
  `t55`.`people`,
  `t55`.`profit`,
  CAST(FLOOR((
    `t39`.`cost` * 1000000.0
  ) + 0.5) AS BIGINT) / 1000000.0 AS `cost`,
  CAST(FLOOR((
    (
      `t55`.`profit` - `t39`.`cost`
    ) * 1000000.0
  ) + 0.5) AS BIGINT) / 1000000.0 AS `balance`
FROM (
  SELECT
    `t53`.`k`,
    `t53`.`people`,
    `t53`.`profit`
  FROM (
    SELECT
      `t52`.`k`,
      `t52`.`people`,
      CAST(FLOOR(
        (
          SUM(`t52`.`each`) OVER (
            ORDER BY `t52`.`k` ASC NULLS LAST
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
          ) * 1000000.0
        ) + 0.5
      ) AS BIGINT) / 1000000.0 AS `profit`,
      `t52`.`each`
    FROM (
      SELECT
        `t51`.`k`,
        `t51`.`people`,
        COALESCE(`t51`.`profit`, 0) AS `profit`,
        CAST(COALESCE(`t51`.`profit`, 0) AS DOUBLE) / NULLIF(CAST(`t51`.`people` AS DOUBLE), 0.0) AS `each`
      FROM (
        SELECT
          `t50`.`k`,
          `t50`.`people`,
          `t48`.`other_k`,
          `t48`.`profit`
        FROM (
          SELECT
            `t46`.`k`,
            SUM(`t46`.`size`) AS `people`
          FROM (
            SELECT
              *
            FROM (
              SELECT
                `t24`.`month`,
                `t24`.`size`,
                `t42`.`k`
              FROM (
                SELECT
                  `t19`.`month`,
                  COUNT(*) AS `size`
                FROM `t17` AS `t19`
                GROUP BY
                  1
              ) AS `t24`
              CROSS JOIN (
                SELECT DISTINCT
                  `t40`.`k`
                FROM `t38` AS `t40`
                WHERE
                  (
                    `t40`.`month` + `t40`.`k`
                  ) < 24143
              ) AS `t42`
            ) AS `t43`
            WHERE
              (
                `t43`.`month` + `t43`.`k`
              ) < 24143
          ) AS `t46`
          GROUP BY
            1
        ) AS `t50`
        LEFT OUTER JOIN (
          SELECT
            `t45`.`k` AS `other_k`,
            `t45`.`profit`
          FROM (
            SELECT
              `t44`.`k`,
              SUM(`t44`.`profit`) AS `profit`
            FROM (
              SELECT
                `t40`.`month`,
                `t40`.`k`,
                `t40`.`earned`,
                `t40`.`uncosted`,
                `t40`.`rate`,
                `t40`.`told`,
                `t40`.`earned` + CAST(FLOOR((
                  CAST(`t40`.`uncosted` AS DOUBLE) * `t40`.`rate`
                ) + 0.5) AS BIGINT) AS `profit`
              FROM `t38` AS `t40`
              WHERE
                (
                  `t40`.`month` + `t40`.`k`
                ) < 24143
            ) AS `t44`
            GROUP BY
              1
          ) AS `t45`
        ) AS `t48`
          ON `t50`.`k` IS NOT DISTINCT FROM `t48`.`other_k`
      ) AS `t51`
    ) AS `t52`
  ) AS `t53`
) AS `t55`
CROSS JOIN (
  SELECT
    `t35`.`value` AS `cost`
  FROM (
    SELECT
      CAST(SUM(`t31`.`amount`) AS DOUBLE) / NULLIF(CAST(COALESCE(SUM(`t31`.`people`), 0) AS DOUBLE), 0.0) AS `value`,
      COALESCE(SUM(`t31`.`people`), 0) AS `people`
    FROM (
      SELECT
        `t30`.`month`,
        `t30`.`amount`,
        COALESCE(`t30`.`people`, 0) AS `people`
      FROM (
        SELECT
          `t28`.`month`,
          `t28`.`amount`,
          `t29`.`other_month`,
          `t29`.`people`
        FROM (
          SELECT
            `t21`.`month`,
            `t21`.`amount`
          FROM (
            SELECT
              `t16`.`month`,
              `t16`.`amount`,
              `t9`.`log_month`
            FROM (
              SELECT
                `t11`.`month`,
                SUM(`t11`.`amount`) AS `amount`
              FROM (
                SELECT
                  *
                FROM (
                  SELECT
                    `t1`.`day`,
                    `t1`.`channel`,
                    `t1`.`campaign`,
                    `t1`.`purpose`,
                    `t1`.`amount`,
                    (
                      (
                        CAST(EXTRACT(year FROM `t1`.`day`) AS BIGINT) * 12
                      ) + CAST(EXTRACT(month FROM `t1`.`day`) AS BIGINT)
                    ) - 1 AS `month`
                  FROM `spend` AS `t1`
                ) AS `t7`
                WHERE
                  `t7`.`purpose` = 'new' AND `t7`.`month` < 24143
              ) AS `t11`
              GROUP BY
                1
            ) AS `t16`
            CROSS JOIN (
              SELECT
                (
                  (
                    CAST(EXTRACT(year FROM MIN(`t0`.`day`)) AS BIGINT) * 12
                  ) + CAST(EXTRACT(month FROM MIN(`t0`.`day`)) AS BIGINT)
                ) - 1 AS `log_month`
              FROM `orders` AS `t0`
            ) AS `t9`
          ) AS `t21`
          WHERE
            `t21`.`month` > `t21`.`log_month`
        ) AS `t28`
        LEFT OUTER JOIN (
          SELECT
            `t22`.`month` AS `other_month`,
            `t22`.`people`
          FROM (
            SELECT
              `t19`.`month`,
              COUNT(*) AS `people`
            FROM `t17` AS `t19`
            GROUP BY
              1
          ) AS `t22`
        ) AS `t29`
          ON `t28`.`month` IS NOT DISTINCT FROM `t29`.`other_month`
      ) AS `t30`
    ) AS `t31`
  ) AS `t35`
) AS `t39`;
