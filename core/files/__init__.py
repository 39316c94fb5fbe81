"""Files that people write and read: TOML, tables, results; every mistake points at its key and character."""
