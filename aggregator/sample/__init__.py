"""The sample press: invented outlets on loopback, so that a machine without internet shows a living service."""
