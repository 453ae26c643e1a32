"""Claims: attributions that say the same thing, and their independent origins."""
