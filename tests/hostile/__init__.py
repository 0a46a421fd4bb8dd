"""Hostile files, in plain Python: for the kernel's tests, Odoo's and the fuzzer."""
