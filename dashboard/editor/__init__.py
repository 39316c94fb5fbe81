"""The page on which a problem is written: the form, the draft, its mistakes and what is shown of it meanwhile."""
