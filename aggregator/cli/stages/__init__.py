"""Stage commands: what `frontwire try STAGE` runs, one file a stage; each calls the very functions that the workers call."""
