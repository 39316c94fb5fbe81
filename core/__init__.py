"""The mathematics and the machinery: everything but the pages."""

__version__ = "0.1.0"
