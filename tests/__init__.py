"""The tests. Compiled modules are kept whatever the shell says (``PYTHONDONTWRITEBYTECODE``).

Hundreds of processes are started in a run: each would compile the bot anew, and each worker every test.
"""

import os
import sys

sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
