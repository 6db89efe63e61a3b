"""What is taught: courses, chapters, labs and questions, as revisions of content files and as projections of them."""
