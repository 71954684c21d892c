-- How much hangs on one person. The best of the whole is not the sum of the best of each region.
WITH reps AS (
  SELECT DISTINCT et.employee_id, trim(r.region_description) AS unit
  FROM employee_territories AS et
  JOIN territories AS t ON t.territory_id = et.territory_id
  JOIN region AS r ON r.region_id = t.region_id
), lines AS (
  SELECT o.order_id, o.customer_id, o.employee_id, d.product_id, reps.unit, substr(o.order_date, 1, 7) AS period,
    round(d.unit_price, 2) * d.quantity AS gross,
    round(d.unit_price, 2) * d.quantity * (1 - round(d.discount, 2)) AS net
  FROM order_details AS d
  JOIN orders AS o ON o.order_id = d.order_id
  JOIN reps ON reps.employee_id = o.employee_id
), both AS (
  SELECT * FROM lines
  UNION ALL
  SELECT order_id, customer_id, employee_id, product_id, 'ALL', period, gross, net FROM lines
), by_rep AS (
  SELECT unit, period, employee_id, sum(net) AS net FROM both GROUP BY unit, period, employee_id
)
SELECT unit, period, max(net) AS numerator, sum(net) AS denominator FROM by_rep GROUP BY unit, period
