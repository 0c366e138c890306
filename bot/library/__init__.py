"""The music that a server has made: found again, liked, traced to where it came from, lent out and deleted.

``search``, ``family`` and ``consent`` decide without I/O; ``shelf``, ``lending``, ``choices`` and ``privacy``
are the services over the store that commands and buttons use.
"""
