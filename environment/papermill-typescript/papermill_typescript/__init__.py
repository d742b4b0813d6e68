"""Lets papermill set the parameters of TypeScript notebooks."""

# papermill loads this package's engine while it is itself being imported, so it has to come first whichever is imported first.
import papermill  # noqa: F401
