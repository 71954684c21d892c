"""Parts of pages: numbers, status marks, the frame round a page, and the template tags that place them."""
