"""Tests of the treasury, and of the gate that asks it."""
