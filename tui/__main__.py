"""`python -m tui`, the same as `keydesk`."""

import sys

from tui.cli import main

sys.exit(main())
