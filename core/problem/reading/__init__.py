"""Problems read from tables, files and the library, and from drafts with mistakes."""
