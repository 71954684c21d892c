-- Price times quantity less discount, by the month of the order. Prices and discounts are stored as floats of four
-- bytes, so they are rounded to cents before any arithmetic. Regions add up: the whole rolls up from them.
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
)
SELECT unit, period, sum(net) AS value FROM lines GROUP BY unit, period
