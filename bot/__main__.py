"""`python -m bot …` is `chatmagico …`."""

from bot.cli import main

main()
