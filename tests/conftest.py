"""
What all tests share.

Hypothesis is told to be repeatable in continuous integration and patient on slow machines. A suite that a shell started in the
background ignores interrupts, and whatever it starts would inherit that: so they are heard again.
"""

import os
import signal

from hypothesis import HealthCheck, settings

settings.register_profile("yett", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("yett"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "yett")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
