"""Delimited text: what a CSV file is made of, down to its bytes; read and written by others."""
