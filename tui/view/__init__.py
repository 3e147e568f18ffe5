"""Rows become words, severities, columns and chart points. Pure: no terminal, no database."""
