-- Years since hiring, of everybody hired by the last day of the month.
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
SELECT reps.unit, months.period, sum((julianday(last_day) - julianday(e.hire_date)) / 365.25) AS numerator,
  count(*) AS denominator
FROM months CROSS JOIN reps JOIN employees AS e ON e.employee_id = reps.employee_id
WHERE e.hire_date <= last_day GROUP BY reps.unit, months.period
