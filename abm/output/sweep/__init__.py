"""A sweep as a screen, as a chart and as a page."""
