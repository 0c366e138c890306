"""A room in a process of its own, for tests: prints its three addresses, ends on SIGTERM.

``python -m tests.room.serve_room [FILE]``: the file keeps who is who.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

from bot.room import RoomAddress, serve


async def main() -> None:
    """Serve until told to stop."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    kept_in = next(map(Path, sys.argv[1:]), None)
    await serve(rest_port=0, page_port=0, on_ready=tell, stop=stop, control=True, kept_in=kept_in)


def tell(address: RoomAddress) -> None:
    """One line that a parent process can read."""
    sys.stdout.write(f"{address.api_url} {address.gateway_url} {address.page_url}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
