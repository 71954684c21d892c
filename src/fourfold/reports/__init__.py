"""A finished scorecard as PDF, PowerPoint, Excel or HTML."""
