"""The KPI catalogue, the industry templates and the recommender; pure."""
