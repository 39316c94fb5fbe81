"""`python -m dashboard.texts`: bring the message catalogues up to date."""

from dashboard.texts.extraction import write

write()
