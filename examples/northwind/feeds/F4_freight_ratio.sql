-- Freight stands once at the head of an order and must not be counted again for each line.
WITH reps AS (
  SELECT DISTINCT et.employee_id, trim(r.region_description) AS unit
  FROM employee_territories AS et
  JOIN territories AS t ON t.territory_id = et.territory_id
  JOIN region AS r ON r.region_id = t.region_id
), heads AS (
  SELECT reps.unit, substr(o.order_date, 1, 7) AS period, round(o.freight, 2) AS freight, (
    SELECT sum(round(d.unit_price, 2) * d.quantity * (1 - round(d.discount, 2)))
    FROM order_details AS d WHERE d.order_id = o.order_id
  ) AS net
  FROM orders AS o JOIN reps ON reps.employee_id = o.employee_id
)
SELECT unit, period, sum(freight) AS numerator, sum(net) AS denominator FROM heads GROUP BY unit, period
