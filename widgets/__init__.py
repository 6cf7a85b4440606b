"""One file per widget: values in, messages out."""
