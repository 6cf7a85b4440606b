"""Files: private ones, exports, and TOML read by types."""
