"""The project, with the LIVESTREAM settings that a test wants (JSON in the variable LIVESTREAM)."""

import json
import os

from config.settings import *  # noqa: F403
from config.settings import LIVESTREAM

LIVESTREAM = {**LIVESTREAM, **json.loads(os.environ.get("LIVESTREAM", "{}"))}
