"""The same view models as the screens, as text, JSON and files."""
