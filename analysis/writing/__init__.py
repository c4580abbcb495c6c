"""Pages, paragraphs and sentences for the report and for the operator."""
