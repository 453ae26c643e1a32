"""Workers: the Celery side of Frontwire; the only importer of Celery."""
