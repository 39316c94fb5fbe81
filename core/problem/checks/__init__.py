"""What a problem must fulfil beyond each of its texts being right."""
