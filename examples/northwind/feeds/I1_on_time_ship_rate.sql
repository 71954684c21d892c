-- By the month of shipment; orders that were never shipped are not in it.
WITH reps AS (
  SELECT DISTINCT et.employee_id, trim(r.region_description) AS unit
  FROM employee_territories AS et
  JOIN territories AS t ON t.territory_id = et.territory_id
  JOIN region AS r ON r.region_id = t.region_id
), shipped AS (
  SELECT reps.unit, substr(o.shipped_date, 1, 7) AS period, o.order_date, o.required_date, o.shipped_date
  FROM orders AS o JOIN reps ON reps.employee_id = o.employee_id
  WHERE o.shipped_date IS NOT NULL
)
SELECT unit, period, sum(shipped_date <= required_date) AS numerator, count(*) AS denominator
FROM shipped GROUP BY unit, period
