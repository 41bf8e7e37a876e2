"""Pictures from plain numbers: they know nothing of estimators, and load matplotlib when drawn."""
