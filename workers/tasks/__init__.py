"""The tasks, by queue: thin shells that take ids, call the steps and hand out what comes next.

Each notes that its queue is alive when it is done. An error that no step foresaw is logged with its context and counted against the
entry or feed at hand, which is tried again and in the end closed as failed, never dropped.
"""
