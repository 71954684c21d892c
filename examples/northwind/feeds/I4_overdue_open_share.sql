-- Open orders on the last day of the month, and those of them that should have been there before it. A region without
-- open orders has no row: there is no share of nothing.
WITH reps AS (
  SELECT DISTINCT et.employee_id, trim(r.region_description) AS unit
  FROM employee_territories AS et
  JOIN territories AS t ON t.territory_id = et.territory_id
  JOIN region AS r ON r.region_id = t.region_id
), months AS (
  SELECT DISTINCT substr(order_date, 1, 7) AS period,
    date(order_date, 'start of month', '+1 month', '-1 day') AS last_day
  FROM orders
)
SELECT reps.unit, months.period, sum(o.required_date < last_day) AS numerator, count(*) AS denominator
FROM months CROSS JOIN orders AS o JOIN reps ON reps.employee_id = o.employee_id
WHERE o.order_date <= last_day AND (o.shipped_date IS NULL OR o.shipped_date > last_day)
GROUP BY reps.unit, months.period
