-- Customers do not add up over regions, so neither does what is divided by them.
WITH reps AS (
  SELECT DISTINCT et.employee_id, trim(r.region_description) AS unit
  FROM employee_territories AS et
  JOIN territories AS t ON t.territory_id = et.territory_id
  JOIN region AS r ON r.region_id = t.region_id
), placed AS (
  SELECT o.order_id, o.customer_id, reps.unit, substr(o.order_date, 1, 7) AS period
  FROM orders AS o JOIN reps ON reps.employee_id = o.employee_id
), both AS (
  SELECT * FROM placed
  UNION ALL
  SELECT order_id, customer_id, 'ALL', period FROM placed
)
SELECT unit, period, count(*) AS numerator, count(DISTINCT customer_id) AS denominator FROM both GROUP BY unit, period
