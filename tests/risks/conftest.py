from tests.sweep import sweep  # noqa: F401 - a fixture
