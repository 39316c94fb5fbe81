"""The app as people meet it: the real server, started by command, and Chromium."""
