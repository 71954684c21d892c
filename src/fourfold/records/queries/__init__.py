"""What each page reads, one module per page."""
