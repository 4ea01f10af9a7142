"""What all tests share: Hypothesis is told to be repeatable in continuous integration and patient on slow machines."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("yett", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("yett"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "yett")
