"""Whole facilities: every city by itself, what is mended between them, and bounds on what no plan can better."""
