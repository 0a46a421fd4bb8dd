"""Fuzzers: each module has `fuzz(env, seconds, seed) -> dict`, run in Odoo's shell.

The dict holds figures, and under "faults" one sentence for each fault found, with
what is needed to try it again. Nothing that a fuzzer does is committed by it unless
it must be; the database is its own.
"""
